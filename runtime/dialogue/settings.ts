/** `${NAME}` in the settings of apps and tools: values of the environment. */
import type { Slip } from './names.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLE = /\$\{([^}]*)(\}?)/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A setting with the values of the environment put in. A variable that is not set stays as it is written. */
export function expanded(setting: string, env: Environment): string {
  return setting.replace(VARIABLE, (written, name: string) =>
    NAME.test(name) ? (env[name] ?? written) : written,
  );
}

/** What is wrong with the variables of a setting. A missing one is a warning: the file may run elsewhere. */
export function slipsInSetting(
  setting: string,
  env: Environment,
): (Slip & { severity: 'error' | 'warning' })[] {
  const slips: (Slip & { severity: 'error' | 'warning' })[] = [];
  for (const { 0: written, 1: name = '', 2: end, index: offset } of setting.matchAll(VARIABLE)) {
    if (end === '' || !NAME.test(name)) {
      const message = `\`${written}\` is no variable of the environment: write \${NAME}.`;
      slips.push({ severity: 'error', code: 'bad-variable', message, offset });
    } else if (env[name] === undefined) {
      const message = `The environment has no \`${name}\`.`;
      slips.push({ severity: 'warning', code: 'missing-variable', message, offset });
    }
  }
  return slips;
}
