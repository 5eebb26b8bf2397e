import type { Mind, MindEvent } from '../../runtime/speech/mind.ts';

export interface ScriptedMind extends Mind {
  /** What it was told and asked, in order. */
  readonly told: string[];
  /** Makes it say, call or fail something. */
  tell(event: MindEvent): void;
  closed: boolean;
}

/** A text model in the hands of a test. */
export function scriptedMind(on: (event: MindEvent) => void): ScriptedMind {
  const told: string[] = [];
  const mind: ScriptedMind = {
    told,
    closed: false,
    tell: (event) => on(event),
    note: ({ role, text }) => told.push(`${role}: ${text}`),
    converse: (talk) => told.push(talk ? `converse ${talk.id}` : 'no more'),
    prepare: (text) => told.push(`prepare: ${text}`),
    discard: () => told.push('discard'),
    said: (text) => told.push(`said: ${text}`),
    respond: (call) => told.push(`respond ${call}`),
    heardOnly: (reply, text) => told.push(`heard of ${reply}: ${text}`),
    forget: () => told.push('forget'),
    hide: (mask) => told.push(`hide ${mask('4711')}`),
    close: () => {
      mind.closed = true;
    },
  };
  return mind;
}
