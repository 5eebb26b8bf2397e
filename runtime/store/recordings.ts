/** Recordings of calls, as the phone network tells of them. They go with their session. */

export interface Recording {
  /** The network's own name for it. */
  id: string;
  /** Where it is fetched, with the credentials of the account. */
  url: string;
  status: 'in-progress' | 'completed' | 'absent';
  channels: 1 | 2;
  durationMs: number | null;
  /** Milliseconds since the epoch; null: it is not known. */
  startedAt: number | null;
}

export interface Recordings {
  /** Writes down what is told; one that was completed does not go back. Nothing where there is no such session. */
  write(session: string, recording: Recording): Promise<void>;
  /** Those of a session, the earliest first. */
  of(session: string): Promise<Recording[]>;
}
