import { startRelay } from './relay.ts';

const port = await startRelay(process.env['OPENAI_BASE_URL']!.replace(/^http/, 'ws'));
process.stdout.write(`${port}\n`);
