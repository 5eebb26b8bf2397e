/** How long a thousand dialogues take to be checked: by a start or a reload, and by `offhook check`, which does more. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadFolder } from '../../runtime/dialogue/load.ts';
import { PACKAGE } from '../../runtime/places.ts';

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

/** One program, as `npm start` runs it. */
const OFFHOOK = fileURLToPath(new URL('dist/offhook.js', PACKAGE));
const ENV = { BOOKING_URL: 'http://127.0.0.1' };
const COUNT = Number(process.argv[2] ?? 1000);

/** Writes the dialogues with their apps into the folder and gives how many lines a dialogue has. */
async function write(folder: string): Promise<number> {
  let lines = 0;
  for (let index = 0; index < COUNT; index++) {
    const text = dialogueOf(index);
    lines += text.split('\n').length - 1;
    await writeFile(path.join(folder, `house-${index}.dialogue.yaml`), text);
    await writeFile(path.join(folder, `house-${index}.app.yaml`), appOf(index));
  }
  return Math.round(lines / COUNT);
}

const folder = await mkdtemp(path.join(tmpdir(), 'offhook-checking-'));
try {
  const lines = await write(folder);
  const began = performance.now();
  const before = process.cpuUsage();
  const { problems } = await loadFolder(folder, ENV);
  const ms = Math.round(performance.now() - began);
  const { user, system } = process.cpuUsage(before);
  if (problems.length > 0) throw new Error(problems[0]!.message);
  process.stdout.write(
    `${COUNT} dialogues of ${lines} lines with their apps are checked and proved in ${ms} ms (${Math.round((user + system) / 1000)} ms of the processor)\n`,
  );

  const start = performance.now();
  const { status } = spawnSync(process.execPath, [OFFHOOK, 'check', folder], {
    env: { ...process.env, ...ENV },
  });
  if (status !== 0) throw new Error(`offhook check ended with ${status}`);
  process.stdout.write(
    `\`offhook check\`, which also tries every example sentence, takes ${Math.round(performance.now() - start)} ms from start to end\n`,
  );
} finally {
  await rm(folder, { recursive: true });
}
