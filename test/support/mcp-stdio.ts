/**
 * An MCP server as a process of its own. With `--broken` it complains and ends, with `--rude` it says what is no
 * MCP, with `--deaf` it never answers.
 */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { mcpServer } from './mcp-tools.ts';

if (process.argv.includes('--broken')) {
  process.stderr.write(`The token ${process.env['CRM_TOKEN'] ?? ''} is not valid.\n`);
  process.exitCode = 1;
} else if (process.argv.includes('--deaf')) {
  process.stdin.resume();
} else {
  if (process.argv.includes('--rude')) process.stdout.write('Welcome to the customers of Bistro Verde!\n');
  const server = mcpServer({ calls: [], canceled: 0 }, process.env['CRM_TOKEN'] ?? '', () => process.exit(1));
  await server.connect(new StdioServerTransport());
}
