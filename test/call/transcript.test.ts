import { describe, expect, it } from 'vitest';
import { Transcript } from '../../runtime/call/transcript.ts';

describe('the turns of a call', () => {
  it('stand in the order in which they were begun, though a caller’s words come later', () => {
    const transcript = new Transcript(3);
    transcript.reserveCaller(100);
    const agent = transcript.agent('u1', 'One moment.', 'ask', 200);
    const caller = transcript.caller('hello', 'ask', 300);
    expect([caller.index, agent.index]).toEqual([3, 4]);
    expect(caller).toMatchObject({ startedAt: 100, heardText: 'hello' });
    expect(transcript.recent()).toEqual([
      { role: 'caller', text: 'hello' },
      { role: 'agent', text: 'One moment.' },
    ]);
  });

  it('that were only noise leave their place to nobody', () => {
    const transcript = new Transcript(0);
    transcript.reserveCaller(100);
    transcript.release();
    expect(transcript.caller('hello', null, 300)).toMatchObject({ index: 1, startedAt: 300 });
  });

  it('are told as they were heard: a cut one in part, one that nobody heard not at all', () => {
    const transcript = new Transcript(0);
    for (const id of ['u1', 'u2', 'u3']) transcript.agent(id, `Text of ${id}.`, null, 0);
    transcript.heard('u1');
    transcript.interrupted('u2', 'Text');
    transcript.interrupted('u3', '');
    expect(transcript.recent().map((turn) => turn.text)).toEqual(['Text of u1.', 'Text']);
    expect(transcript.has('u1')).toBe(false);
    expect(transcript.amend('u1', { text: 'late' })).toBeNull();
  });

  it('are the last eight of them', () => {
    const transcript = new Transcript(0);
    for (let i = 0; i < 20; i++) transcript.caller(`line ${i}`, null, 0);
    expect(transcript.recent()).toHaveLength(8);
    expect(transcript.recent()[0]).toEqual({ role: 'caller', text: 'line 12' });
  });
});
