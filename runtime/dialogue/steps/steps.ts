/** The verbs. A new one is a file in this folder, an entry here, and one in the schema. */
import type { Verb } from '../machine.ts';
import type { Step, StepOf } from '../program.ts';
import { ask } from './ask.ts';
import { branch } from './branch.ts';
import { callback } from './callback.ts';
import { clear } from './clear.ts';
import { collect } from './collect.ts';
import { confirm } from './confirm.ts';
import { doTool } from './do.ts';
import { goto } from './goto.ts';
import { hangup } from './hangup.ts';
import { pair } from './pair.ts';
import { play } from './play.ts';
import { press } from './press.ts';
import { remember } from './remember.ts';
import { repeat } from './repeat.ts';
import { returnTo } from './return.ts';
import { run } from './run.ts';
import { say } from './say.ts';
import { set } from './set.ts';
import { talk } from './talk.ts';
import { transfer } from './transfer.ts';
import { wait } from './wait.ts';

const verbs: { readonly [V in Step['verb']]: Verb<StepOf<V>> } = {
  say,
  ask,
  talk,
  set,
  branch,
  goto,
  do: doTool,
  hangup,
  repeat,
  collect,
  confirm,
  clear,
  remember,
  play,
  press,
  wait,
  run,
  return: returnTo,
  transfer,
  callback,
  pair,
};

/** The verb that carries out the step. */
export function verbOf(step: Step): Verb {
  return verbs[step.verb] as Verb;
}
