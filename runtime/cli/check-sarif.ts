/** Problems as SARIF 2.1.0, which code hosts and editors read. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Problem } from '../dialogue/problem.ts';
import { type Help, helpUri } from './check-help.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** One log of one run. Files below `folder`, the working directory, are named from there. */
export function sarifOf(
  problems: readonly Problem[],
  { version, folder, help }: { version: string; folder: string; help: ReadonlyMap<string, Help> },
): object {
  const codes = [...new Set(problems.map(({ code }) => code))].toSorted();
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'Offhook', version, rules: codes.map((code) => ruleOf(code, help.get(code))) },
        },
        columnKind: 'utf16CodeUnits',
        results: problems.map(({ code, severity, message, place }) => ({
          ruleId: code,
          ruleIndex: codes.indexOf(code),
          level: severity,
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(place.file, folder) },
                region: { startLine: place.line, startColumn: place.column },
              },
            },
          ],
        })),
      },
    ],
  };
}

function ruleOf(code: string, help: Help | undefined): object {
  return {
    id: code,
    helpUri: helpUri(code),
    ...(help && {
      shortDescription: { text: help.short },
      help: { text: help.markdown, markdown: help.markdown },
    }),
  };
}

/** Relative where the file is below the folder, so that it means the same on another machine. */
function uriOf(file: string, folder: string): string {
  const relative = path.relative(folder, path.resolve(folder, file));
  if (relative.startsWith('..') || path.isAbsolute(relative)) return pathToFileURL(path.resolve(file)).href;
  return relative.split(path.sep).map(encodeURIComponent).join('/');
}
