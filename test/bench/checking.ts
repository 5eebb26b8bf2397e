/** How long `offhook check` takes for a thousand dialogues: `tsx test/bench/checking.ts`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadFolder } from '../../runtime/dialogue/load.ts';

/** One dialogue of about 60 lines, with a bit of everything that is checked. No two are the same. */
function dialogueOf(index: number): string {
  return `# The receptionist of house ${index}.
persona: You are the host of house ${index} in {{ app.city }}. Short, warm sentences.
slots:
  party: { type: integer, min: 1, max: ${8 + (index % 9)}, ask: "For how many people?" }
  day:
    type: date
    ask: ["For which day?", "Which day, please?"]
    check: [{ if: "day.weekday != 'monday'", else: "We are closed on Mondays." }]
  time: { type: time, ask: "At what time?" }
  phone: { type: phone, ask: "Your number, please.", from: [speech, keys] }
tools:
  find_table_${index}:
    about: Finds a free table
    input: { party: integer, day: date, time: time }
    output: { free: boolean, table: integer }
    http: { method: POST, url: "\${BOOKING_URL}/houses/${index}/tables", headers: { accept: application/json } }
    timeout: 4s
    meanwhile: "One moment, please."
intro: { say: ["House ${index}, this is Ana.", "Hello, Ana of house ${index}."] }
inbound: welcome
states:
  welcome:
    - ask: "How can I help you?"
      answers:
        - when: wants a table
          like: ["I'd like to book a table", "a table for four", "reservation please"]
          keys: "1"
          goto: booking
        - when: asks about food or prices
          like: ["what is on the menu", "how much is the soup"]
          goto: questions
      unclear: ["Sorry, a booking or a question?", { goto: person }]
  booking:
    - collect: [party, day, time]
    - do: find_table_${index}
      with: { party: party, day: day, time: time }
      save: offer
      failed: { goto: person }
    - branch:
        - if: offer.free && party < ${8 + (index % 9)}
          goto: agree
        - else:
            - say: "I have nothing at {{ time }}."
            - clear: [time]
            - goto: booking
  agree:
    - confirm: "A table for {{ party }} on {{ day }} at {{ time }}. Is that right?"
      rejected: [{ clear: [day, time] }, { goto: booking }]
    - remember: { user.last_party_${index}: party }
      for: 365d
    - hangup: "See you then. Goodbye."
  questions:
    - talk: Answer questions about the house ${index}.
      until:
        - { when: the caller wants to book, like: ["book a table"], goto: booking }
        - { when: the caller has no more questions, like: ["that is all"], goto: bye }
  person:
    - transfer: manager
      failed: [{ say: "Nobody is free right now." }, { goto: bye }]
  bye: { hangup: "Thank you for calling house ${index}. Goodbye." }
anytime:
  - { when: asks for a person, like: ["speak to a human", "operator"], keys: "0", goto: person }
  - { when: asks to repeat, like: ["say that again", "pardon"], repeat: true }
silence: ["Are you still there?", { hangup: "I cannot hear you. Goodbye." }]
`;
}

const appOf = (index: number): string =>
  `public: true\nnumbers: ["+1415555${String(index).padStart(4, '0')}"]\nproperties: { city: Prague }\ntransfers: { manager: "+14155550199" }\n`;

interface Checking {
  ms: number;
  /** The processor's time, which other work on the machine does not lengthen. */
  cpuMs: number;
  problems: number;
  lines: number;
}

/** Writes `count` dialogues with their apps into a new folder and says how long checking them takes, cold. */
export async function measureChecking(count: number): Promise<Checking> {
  const folder = await mkdtemp(path.join(tmpdir(), 'offhook-checking-'));
  let lines = 0;
  try {
    for (let index = 0; index < count; index++) {
      const text = dialogueOf(index);
      lines += text.split('\n').length - 1;
      await writeFile(path.join(folder, `house-${index}.dialogue.yaml`), text);
      await writeFile(path.join(folder, `house-${index}.app.yaml`), appOf(index));
    }
    const began = performance.now();
    const before = process.cpuUsage();
    const { problems } = await loadFolder(folder, { BOOKING_URL: 'http://127.0.0.1' });
    const { user, system } = process.cpuUsage(before);
    return { ms: performance.now() - began, cpuMs: (user + system) / 1000, problems: problems.length, lines };
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const count = Number(process.argv[2] ?? 1000);
  const { ms, cpuMs, problems, lines } = await measureChecking(count);
  process.stdout.write(
    `check: ${count} dialogues of ${Math.round(lines / count)} lines with their apps in ${Math.round(ms)} ms (${Math.round(cpuMs)} ms of the processor), ${problems} problems\n`,
  );
}
