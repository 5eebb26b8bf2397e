/** The import table of ARCHITECTURE.md, held against the import lines of the code. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const RUNTIME = fileURLToPath(new URL('../runtime', import.meta.url));

/** Files at the top of `runtime/` that everybody may use. */
const LEAVES = [
  'errors',
  'clock',
  'log',
  'audio',
  'wav',
  'resample',
  'tones',
  'metrics',
  'phone',
  'places',
  'zones',
  'circuit',
  'accounts',
];
/** Contracts: what adapters fulfil and others may know of them. */
const CONTRACTS = [
  'understand/understand',
  'speech/speech',
  'speech/cascade',
  'speech/ear',
  'speech/mind',
  'speech/usage',
  'speech/vendors',
  'speech/prompts',
  'line/line',
  'line/gathering',
  'line/numbering',
  'tools/tools',
  'store/numbers',
  'line/lookup',
  'store/lines',
  'store/store',
  'store/people',
  'store/pairings',
  'store/browser-phones',
  'store/recordings',
  'store/initiations',
];

/** How a model is asked what was meant, and how its answer is read: one way, for every model. */
const ASKING = 'dialogue/meaning-schema';

/** Who may import what besides the leaves and its own folder; `types` holds for `import type` alone. */
const TABLE: Record<string, { values?: string[]; types?: string[] }> = {
  dialogue: {},
  understand: { values: [ASKING], types: ['dialogue/', 'speech/usage'] },
  speech: { values: [ASKING], types: ['dialogue/'] },
  line: { types: ['dialogue/', 'config', 'speech/usage'] },
  tools: { types: ['dialogue/'] },
  store: { types: ['dialogue/', 'config'] },
  browser: { values: CONTRACTS, types: ['dialogue/'] },
  people: { values: CONTRACTS, types: ['dialogue/'] },
  outbound: { values: CONTRACTS, types: ['dialogue/'] },
  numbers: { values: CONTRACTS },
  call: { values: ['dialogue/', ...CONTRACTS] },
  rehearsal: { values: ['dialogue/', 'call/', ...CONTRACTS] },
  api: {
    values: ['catalog', 'config', ...CONTRACTS, 'people/', 'outbound/', 'numbers/'],
    types: ['dialogue/', 'call/'],
  },
  cli: {
    values: [
      'catalog',
      'config',
      'call/',
      'dialogue/',
      'rehearsal/',
      'people/',
      'outbound/',
      'numbers/',
      'line/local/',
      ...CONTRACTS,
    ],
  },
};

/** Packages that may be named in one place only. */
const HOMES: Record<string, string[]> = {
  twilio: ['line/twilio/', 'line/local/ask'],
  openai: ['speech/openai/', 'understand/model'],
  kysely: ['store/'],
  libsql: ['store/'],
  pg: ['store/'],
  koa: ['server', 'api/', 'line/twilio/'],
  'koa-router': ['server', 'api/', 'line/twilio/'],
  koffi: ['speech/embedded/'],
  commander: ['main', 'cli/'],
  '@modelcontextprotocol/sdk': ['tools/', 'example-server'],
  '@dagrejs/dagre': ['cli/'],
};

interface Import {
  from: string;
  to: string;
  type: boolean;
  /** When it is needed, by `import()`. */
  late: boolean;
}

const files = readdirSync(RUNTIME, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.(ts|js)$/.test(file),
);
const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(join(RUNTIME, file), 'utf8');
  const lines = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?'([^']+)'/gms);
  const dynamic = text.matchAll(/\bimport\('([^']+)'\)/g);
  return [
    ...[...lines].map((line) => ({ from: file, to: line[2]!, type: line[1] !== undefined, late: false })),
    ...[...dynamic].map((line) => ({ from: file, to: line[1]!, type: false, late: true })),
  ];
});

describe('the import table', () => {
  it('reads the code it judges', () => {
    expect(files.length).toBeGreaterThan(40);
    expect(imports.length).toBeGreaterThan(150);
  });

  it('is kept by every folder', () => {
    const broken = imports.filter(({ from, to, type }) => {
      if (!to.startsWith('.')) return false;
      const folder = from.split('/')[0]!;
      const rule = TABLE[folder];
      if (!rule) return false;
      const path = normalize(join(dirname(from), to)).replace(/\.(ts|js)$/, '');
      if (path.startsWith(`${folder}/`) || LEAVES.includes(path)) return false;
      const allowed = [...(rule.values ?? []), ...(type ? [...(rule.types ?? [])] : [])];
      return !allowed.some((one) => (one.endsWith('/') ? path.startsWith(one) : path === one));
    });
    expect(broken.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('has main.ts imported by the command alone', () => {
    const importers = imports.filter(({ from, to }) => normalize(join(dirname(from), to)) === 'main.ts');
    expect(importers.map(({ from }) => from)).toEqual(['offhook.ts']);
  });

  it('has a command loaded by main.ts when it is given, and not before', () => {
    const early = imports.filter(({ from, to, type, late }) => {
      const isCommand = normalize(join(dirname(from), to)).startsWith('commands/');
      return isCommand && !from.startsWith('commands/') && !type && !(from === 'main.ts' && late);
    });
    expect(early.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
    expect(imports.some(({ from, late }) => from === 'main.ts' && late)).toBe(true);
  });

  it('gives every vendor one home', () => {
    const strays = imports.filter(({ from, to }) => {
      const name = to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : to.split('/')[0]!;
      const homes = HOMES[name];
      return homes && !homes.some((home) => from.startsWith(home));
    });
    expect(strays.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('has no circle', () => {
    const edges = new Map<string, string[]>();
    for (const { from, to } of imports) {
      if (!to.startsWith('.')) continue;
      edges.set(from, [...(edges.get(from) ?? []), normalize(join(dirname(from), to))]);
    }
    const circles: string[] = [];
    const done = new Set<string>();
    const walk = (file: string, path: string[]): void => {
      if (path.includes(file)) {
        circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
        return;
      }
      if (done.has(file)) return;
      for (const next of edges.get(file) ?? []) walk(next, [...path, file]);
      done.add(file);
    };
    for (const file of edges.keys()) walk(file, []);
    expect(circles).toEqual([]);
  });

  it('has one reader of the environment', () => {
    const readers = files.filter((file) =>
      /^(?!\s*(\*|\/[/*])).*\bprocess\b.*\benv\b/m.test(readFileSync(join(RUNTIME, file), 'utf8')),
    );
    expect(readers).toEqual(['offhook.ts']);
  });
});
