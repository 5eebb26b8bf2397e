import { it } from 'vitest';
import { Stage, bistroTests } from '/work/main/test/support/every-engine.ts';
it('x', { timeout: 100000 }, async () => {
  const tests = await bistroTests();
  const engine = (process.env.ENGINE ?? 'embedded') as never;
  const stage = await Stage.open(engine);
  const name = process.env.NAME ?? 'slot by slot';
  try { console.log(await stage.hold(tests.find((t) => t.name.includes(name))!)); }
  catch (e) { console.log(String(e).slice(0, 1500)); console.log(JSON.stringify((stage as any).events?.slice(-60))); }
  finally { await stage.close(); }
});
