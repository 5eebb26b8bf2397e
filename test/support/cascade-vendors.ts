import { startCartesia } from './cartesia.ts';
import { startDeepgram } from './deepgram.ts';

/** Ears that hear what is said next, and voices, with what an app and its environment need for both. */
export async function startCascadeVendors(said: string[]): Promise<{
  env: Record<string, string>;
  app: readonly string[];
  close: readonly (() => Promise<void>)[];
}> {
  const ears = await startDeepgram({ heard: () => said.shift() ?? '' });
  const voices = await startCartesia();
  return {
    env: {
      DEEPGRAM_API_KEY: ears.apiKey,
      DEEPGRAM_BASE_URL: ears.baseUrl,
      CARTESIA_API_KEY: voices.apiKey,
      CARTESIA_BASE_URL: voices.baseUrl,
    },
    app: ['speech: deepgram/flux-general-en', 'voice: cartesia/ana'],
    close: [() => ears.close(), () => voices.close()],
  };
}
