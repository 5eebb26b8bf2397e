import type { Usage } from '../usage.ts';
import type { Tokens } from './wire.ts';

/** One `usageMetadata`, by modality. Null: nothing was used. */
export function usageOf(model: string, { prompt, cached, response }: Tokens): Usage | null {
  const counted = {
    inputTextTokens: Math.max(0, prompt.text - cached.text),
    inputAudioTokens: Math.max(0, prompt.audio - cached.audio),
    cachedTextTokens: cached.text,
    cachedAudioTokens: cached.audio,
    outputTextTokens: response.text,
    outputAudioTokens: response.audio,
  };
  const amounts = Object.fromEntries(Object.entries(counted).filter(([, count]) => count > 0));
  return Object.keys(amounts).length === 0 ? null : { vendor: 'gemini', model, amounts };
}
