/** The files of `broken/`, what is wrong with each, and every problem of it as `check` prints it. */
export const BROKEN_FILES = [
  {
    file: 'Not_Kebab.dialogue.yaml',
    what: 'a file whose name cannot be an id',
    problems: [
      '1:1 error `Not_Kebab` cannot be an id: name the file in small letters, digits and hyphens, such as bistro-verde.dialogue.yaml.',
    ],
  },
  {
    file: 'accounts.yaml',
    what: 'accounts with a token in the file, half a region and other mistakes',
    problems: [
      '1:16 error `sid` is "AC1", but should be AC and 32 hexadecimal digits, or ${NAME} from the environment.',
      '1:28 error `token` of the account `default` stands in the file: put it into the environment and write ${NAME} here.',
      '2:1 error `North_Shop` cannot be used here: it should be a name of small letters, digits and hyphens, such as north-shop.',
      '2:13 error `token` is missing: write a map such as {sid: "${SHOP_SID}", token: "${SHOP_TOKEN}"}.',
      '2:20 warning The environment has no `NORTH_SID`.',
      '3:14 warning The environment has no `SHOP_SID`.',
      '3:36 warning The environment has no `SHOP_TOKEN`.',
      '3:52 error `region` needs `edge` beside it: Twilio is reached by both together, such as ie1 and dublin.',
      '3:70 error `cps` is 0, but should be a number of calls a second, such as 1 or 5.',
    ],
  },
  {
    file: 'apostrophe.dialogue.yaml',
    what: 'an apostrophe in a text in single quotes',
    problems: [
      "2:14 error The text ended at the quote before this: inside single quotes a quote is written twice ('It''s'), or use double quotes.",
    ],
  },
  {
    file: 'behind-the-end.dialogue.yaml',
    what: 'a step behind the end of the call',
    problems: ['3:5 warning This step is never reached: the one before it always leads elsewhere.'],
  },
  {
    file: 'blanks.dialogue.yaml',
    what: 'blanks of a word processor in the indentation',
    problems: [
      '2:1 error A line is indented by spaces; this one has another kind of blank, as word processors write it.',
      '3:1 error A line is indented by spaces; this one has another kind of blank, as word processors write it.',
    ],
  },
  {
    file: 'brackets.dialogue.yaml',
    what: 'a bracket that is not closed',
    problems: ['3:15 error The `{` that opens here is not closed: a `}` is missing before `]`.'],
  },
  {
    file: 'chat.dialogue.yaml',
    what: 'an open conversation that an embedded app runs',
    problems: [
      '1:1 warning An open conversation has no model on the embedded engine: nothing follows the `intro`.',
    ],
  },
  {
    file: 'checks.dialogue.yaml',
    what: 'values compared with what they can never be',
    problems: [
      "2:51 error `party` is an integer, so it never equals the text 'four'.",
      "6:30 error `day.weekday` is the English name of a weekday, so it always differs from the text 'Mondey'; did you mean 'monday'?",
      '7:21 error `day` is a date, so it has no order with the number 5: compare a part of it, such as `day.day`.',
      '8:19 error `day` is a date and has no `week`.',
      "10:38 error `'19:00'` is always true here, so it decides nothing.",
      '14:21 error upper takes a text, but is given `party`, which is an integer: write upper(text).',
      '15:21 error "party is 4 and day" is not an expression: "is" is not expected there; write == for "is".',
      '16:21 error `party` is an integer and has no `lenght`.',
      '17:17 error `day` is a date, and `+` only joins it with the number 1: write later(day, 1).',
    ],
  },
  {
    file: 'comma.dialogue.yaml',
    what: 'a comma that is missing',
    problems: [
      '4:49 error A comma is missing before this: the entries of [ ] and { } are separated by commas.',
    ],
  },
  {
    file: 'conflict.dialogue.yaml',
    what: 'the marks of a merge conflict',
    problems: [
      '2:1 error A mark of a merge conflict: keep one of the two versions and remove the marks.',
      '4:1 error A mark of a merge conflict: keep one of the two versions and remove the marks.',
      '6:1 error A mark of a merge conflict: keep one of the two versions and remove the marks.',
    ],
  },
  {
    file: 'crooked-list.dialogue.yaml',
    what: 'an entry beside the column of its list',
    problems: [
      '3:4 error This entry does not begin at the column of the others in its list: indent it as they are.',
    ],
  },
  {
    file: 'crooked-map.dialogue.yaml',
    what: 'a key beside the column of its map',
    problems: [
      '4:3 error This line does not begin at the column of the keys that it belongs to: indent it as they are.',
    ],
  },
  {
    file: 'dash.dialogue.yaml',
    what: 'dashes and colons without a space, and a verb without a value',
    problems: [
      '2:3 error An entry of a list is a `-` with a space behind it: `- say`.',
      '4:5 error An entry of `inbound` is "say:Hello.", but should be a step: behind the colon stands a space, as in `say: Hello.`.',
      '5:5 error An entry of `inbound` is "hangup", but should be a step: `hangup` needs a colon and a value, as in {say: "Hello."}.',
    ],
  },
  {
    file: 'deaf-for-ever.dialogue.yaml',
    what: 'a loop that nobody can leave',
    problems: [
      '3:3 error No way leads from the state `one` to the end of the call: add a `hangup`, or a `goto` to a state that has one.',
      '3:9 error This loop of the state `one` never ends and never listens: ask something in it, or let it lead elsewhere.',
    ],
  },
  {
    file: 'deaf-loop.dialogue.yaml',
    what: 'a loop that listens to nobody',
    problems: [
      '4:7 warning This loop of the states `one`, `two` listens to nobody: each round must be ended by its own condition, or the caller waits for ever.',
    ],
  },
  {
    file: 'embedded.app.yaml',
    what: 'a language that the embedded voice does not speak',
    problems: [
      '3:9 warning `cs-CZ`: the embedded voice speaks English only; another language is spoken by espeak-ng, where it is installed.',
    ],
  },
  {
    file: 'embedded.dialogue.yaml',
    what: 'what the embedded engine can neither hear nor understand',
    problems: [
      '2:3 warning `name` cannot be heard on the embedded engine: nobody can list what callers say for the type name, so only the captions of a simulated phone tell it.',
      '3:3 warning `pin` cannot be heard on the embedded engine: nobody can list what callers say for the type phone, so only the captions of a simulated phone tell it.',
      '8:9 warning `wants a table` cannot be understood on the embedded engine: it has neither `like` nor `keys`.',
      '11:5 warning `talk` has no model on the embedded engine: only the `like` and `keys` of its exits are understood.',
    ],
  },
  {
    file: 'empty.dialogue.yaml',
    what: 'an empty file',
    problems: ['1:1 error The file is empty.'],
  },
  {
    file: 'endless-silence.dialogue.yaml',
    what: 'a silence that leads back to its question',
    problems: [
      '4:7 error A caller who says nothing is asked for ever: the `silence` of this step leads back to it. Let it end in a `hangup`.',
    ],
  },
  {
    file: 'expressions.dialogue.yaml',
    what: 'expressions that do not parse, with their column inside the text',
    problems: [
      '2:22 error "4 +" ends before the expression is complete.',
      '2:31 error "party = 3" is not allowed in an expression: write == to compare; an expression cannot assign.',
      '4:14 error "party === 4" is not allowed in an expression: write == instead, which never converts.',
      '5:15 error "{{ party" opens with {{ but has no }}.',
      '6:14 error "spel" cannot be called: the functions are at, contains, days, digits, later, len, lower, max, min, now, number, round, spell, time, today, upper.',
    ],
  },
  {
    file: 'cascade.dialogue.yaml',
    what: 'what a cascade without keys can neither hear nor say',
    problems: [
      '1:1 warning An open conversation has no text model on the cascade engine, because OPENAI_API_KEY is not set: nothing follows the `intro`.',
      '2:10 warning `who` cannot be heard on the cascade engine by the recogniser of this machine: nobody can list what callers say for the type name, so only the captions of a simulated phone tell it.',
    ],
  },
  {
    file: 'gather.dialogue.yaml',
    what: 'what gather does otherwise',
    problems: [
      '1:9 warning `words: 2` is not counted on the gather engine: whatever the caller says stops what is being said.',
      '3:28 error `deutsch` is no language and region, such as en-US or cs-CZ.',
      '3:28 warning The voice amazon/Joanna-Neural goes on speaking in the other language on the gather engine: without `voice`, Twilio chooses one for each language.',
      '4:28 warning The voice amazon/Joanna-Neural goes on speaking in the other language on the gather engine: without `voice`, Twilio chooses one for each language.',
    ],
  },
  {
    file: 'relay.app.yaml',
    what: 'choices that engines cannot do with, and a fallback that is there twice',
    problems: [
      '3:9 error The relay engine cannot listen with openai/whisper: its recognisers are deepgram/NAME or google/NAME.',
      '4:8 error The relay engine cannot think with openai/gpt-realtime-2.1: its models are for text, openai/NAME, such as openai/gpt-6-luna.',
      '5:15 error The relay engine cannot speak with openai/marin: its voices are elevenlabs/NAME, google/NAME or amazon/NAME.',
      '6:32 warning `speech` is not looked at on the realtime engine: its model listens by itself.',
      '6:67 warning The fallback `gather` is the same as a fallback before it: what has failed there fails here as well.',
    ],
  },
  {
    file: 'relay.dialogue.yaml',
    what: 'what relay does otherwise',
    problems: [
      '1:9 warning `words: 2` is not counted on the relay engine, where Twilio listens: short acknowledgements are passed over at most, and every other word interrupts.',
      "2:10 warning `card` is sensitive, and what is said for it is heard by Twilio's recogniser on the relay engine, out of Offhook's hands: let it be pressed, with `from: [keys]`.",
      '6:17 warning `is well` cannot be understood on the relay engine: it has neither `like` nor `keys`, and no text model judges it, because OPENAI_API_KEY is not set.',
      '7:13 warning `patience: quick` of a state or a step is not looked at on the relay engine: Twilio is told once, for the whole call, how long a pause may be.',
      '8:5 warning `talk` has no text model on the relay engine, because OPENAI_API_KEY is not set: only the `like` and `keys` of its exits are understood.',
      '9:11 error There is no file ./gone.wav beside this one.',
      '9:11 warning `./gone.wav` is fetched by Twilio on the relay engine, from PUBLIC_URL, which is not set.',
    ],
  },
  {
    file: 'files.dialogue.yaml',
    what: 'files that are missing or of the wrong kind',
    problems: [
      '2:34 error ./menu.ts should end in .js, .mjs, .cjs.',
      '3:35 error There is no file ./wine.js beside this one.',
      '5:11 error ./welcome.mp3 should end in .wav.',
      '6:11 error There is no file ./goodbye.wav beside this one.',
    ],
  },
  {
    file: 'flow-colon.dialogue.yaml',
    what: 'a text with a colon in a map in braces',
    problems: [
      '2:12 error A text with `: ` in it is put in quotes; where `many` is the next key, a comma is missing before it.',
    ],
  },
  {
    file: 'given.dialogue.yaml',
    what: 'values that what they are given to never takes',
    problems: [
      "13:15 error `n` takes an integer, but is given the text 'five'.",
      '14:15 error `n` takes 5 at most, but is given the number 99.',
      "14:25 error `size` takes one of 'small' and 'large', but is given the text 'lrage'; did you mean 'large'?",
      "15:17 error `day` takes 2026-01-01 or later, but is given the text '2025-12-24'.",
      "15:38 error `vip` takes true or false, but is given the text 'true': write true without quotes.",
      '15:54 error `note` takes a text, but is given the number 5: a text stands in quotes of its own, "\'5\'".',
      "15:62 error `pin` takes 4 digits, but is given the text '123'.",
      "15:78 error `level` takes an integer, but is given the text '5': write 5 without quotes.",
      "17:20 error `party` takes an integer, but is given the text 'four'.",
      '17:34 error `at` takes 3 at most, but is given the number 3.5.',
      "19:27 error `day` takes a date, but is given the text 'tomorrow': a date is written like '2026-03-04'.",
      '20:28 error `user.name` takes a name, but is given `n`, which is an integer.',
      "21:15 error `callback` takes a date with its time or a duration, but is given the text 'tomorrow': write at(day, time), later(now(), '2h') or a duration, \"'PT2H'\".",
      "22:15 error `callback` takes a date with its time or a duration, but is given `day`, which is a date: write at(day, time), later(now(), '2h') or a duration, \"'PT2H'\".",
      "23:15 error `callback` takes a date with its time or a duration, but is given `now().hour`, which is an integer: write at(day, time), later(now(), '2h') or a duration, \"'PT2H'\".",
      '24:16 error "2h" is not an expression: a duration stands in quotes, "\'PT2H\'".',
      '25:18 error Unknown name `gold`; for a text write "\'gold\'".',
      '26:20 error "n +" ends before the expression is complete.',
      '26:27 error Unknown name `siz`; did you mean `size`?',
      '26:37 error `day` is a date, and `+` only joins it with the number 1: write later(day, 1).',
    ],
  },
  {
    file: 'half-gates.dialogue.yaml',
    what: 'an else without its gate',
    problems: [
      '2:38 error `else` is what is done while `requires` is not true, and there is no `requires`.',
      '6:5 error `else` is what is done while `requires` is not true, and there is no `requires`.',
    ],
  },
  {
    file: 'if-step.dialogue.yaml',
    what: 'conditions where steps should be',
    problems: [
      '2:5 error `if` is no step and belongs to none: conditions stand in a `branch`, as in `branch: [{if: day, goto: booking}]`.',
      '4:5 error `if` is no step and belongs to none: conditions stand in a `branch`, as in `branch: [{if: day, goto: booking}]`.',
    ],
  },
  {
    file: 'keys.dialogue.yaml',
    what: 'two answers with the same key, and states that nothing leads to',
    problems: [
      '5:34 error The keys "1" already mean `wants one` in this list.',
      '6:1 warning Nothing leads to `states`: name the state where a call begins with `inbound` or `outbound`.',
    ],
  },
  {
    file: 'ladders.dialogue.yaml',
    what: 'ladders with wrong entries',
    problems: [
      '4:14 error `silence` is an empty list, but should be a list with at least one entry.',
      '5:16 error Unknown key `text`; did you mean `say`?',
      '6:5 error The key `failed` does not belong here; what may stand here: `ask`, `answers`, `silence`, `unclear`, `turn`.',
      '7:11 error An entry of `silence` is a list, but should be a step, such as {say: "Hello."}.',
      '7:31 error Unknown state `nobody`.',
    ],
  },
  {
    file: 'latin.dialogue.yaml',
    what: 'a file in the encoding of an old editor',
    problems: [
      '2:33 error The file is no UTF-8 from this character on: save it in the encoding UTF-8.',
      '3:31 warning `{name}` is said as it is written: write {{ name }} for the value.',
      '3:43 warning `${NAME}` is said as it is written: variables of the environment are for the settings of apps and tools.',
    ],
  },
  {
    file: 'later.app.yaml',
    what: 'settings of the language that this version does not carry out',
    problems: [
      '3:10 error There is no account `other` in accounts.yaml.',
      '4:1 error `record` is part of the dialogue language, but this version of Offhook does not carry it out yet.',
    ],
  },
  {
    file: 'pair.dialogue.yaml',
    what: 'a pair with what belongs to other verbs',
    problems: [
      '2:11 error `pair` is "Ana", but should be true.',
      '3:5 error The key `rejected` does not belong here; what may stand here: `pair`, `turn`, `failed`.',
      '5:21 error Unknown state `nowhere`.',
    ],
  },
  {
    file: 'later.test.yaml',
    what: 'a test that asks for what cannot be',
    problems: [
      '4:38 error `after` belongs to `interrupt`, `keys`, `hangup` or `claims`.',
      '4:72 error Unknown state `welcom`.',
      '5:13 error There are two tests with the name "one".',
    ],
  },
  {
    file: 'list.dialogue.yaml',
    what: 'a list where a map should be',
    problems: [
      '1:1 error The file is a list, but should be a map of keys such as `intro`, `inbound` and `states`.',
    ],
  },
  {
    file: 'long-silence.dialogue.yaml',
    what: 'a silence of minutes',
    problems: [
      '4:7 warning A caller who says nothing here is kept on the line for about 3.3 minutes: shorten the `silence` ladders on the way.',
    ],
  },
  {
    file: 'mcp.dialogue.yaml',
    what: 'tools that are nothing, or two things at once',
    problems: [
      '2:15 error An MCP server has either a `url` or a `command`.',
      '3:11 error Name the tools of the server that may be called, under `allow`.',
      '4:68 error `allow` belongs to the tools of an MCP server.',
      '5:16 error An MCP server has either a `url` or a `command`.',
      '5:51 error An entry of `allow` is there twice: open.',
      '6:30 error There is no file ./both.js beside this one.',
      '6:41 error A tool has one of `http`, `code`, `mcp`, but this one has `code` and `http`.',
      '7:9 error A tool needs one of `http`, `code`, `mcp`.',
      '8:9 error `about` is missing: write what the tool does, in words.',
      '10:9 error `crm` is an MCP server: name one of its tools, such as `crm.find`.',
      '11:9 error Unknown tool `crm.fnd`; did you mean `crm.find`?',
    ],
  },
  {
    file: 'missing.dialogue.yaml',
    what: 'what a step, an answer, a case or a tool lacks',
    problems: [
      '2:5 error `ask` needs `answers` beside it.',
      '5:9 error `when` is missing: write an option, such as {when: wants to book, goto: booking}.',
      '7:15 error `like` is an empty list, but should be a list of example sentences.',
      '9:9 error `if` is missing: write an entry with `if` or `else`.',
      '11:8 error `end` is an empty list, but should be a list with at least one entry.',
      '13:31 error `url` is missing: write a map such as {url: "${BOOKING_URL}/tables"}.',
      '13:57 error `timeout` is 5, but should be a duration with a unit, such as 4s (units: ms, s, m, h, d).',
    ],
  },
  {
    file: 'mistakes.test.yaml',
    what: 'a test with two targets, two directions and a broken pattern',
    problems: [
      '2:1 error A test calls an app or a dialogue: write `app` or `dialogue`, not both.',
      '4:31 error A call is inbound or outbound, not both.',
      '4:62 error "/How can (/" is no pattern: Unterminated group.',
    ],
  },
  {
    file: 'moment.test.yaml',
    what: 'moments that are none',
    problems: [
      '3:23 error `now` is "tomorrow", but should be a moment with its offset, such as 2026-03-03T10:00:00+01:00.',
      '4:23 error `now` is "2026-13-03T10:00:00Z", but the calendar has no such moment.',
    ],
  },
  {
    file: 'names.dialogue.yaml',
    what: 'names that do not exist, in every style a text is written in',
    problems: [
      '1:10 error Unknown state `welcom`; did you mean `welcome`?',
      '5:3 warning Nothing leads to the state `welcome`.',
      '6:11 error Unknown tool `find_tabel`.',
      '8:24 error `user` belongs to the runtime: choose another name.',
      '9:43 error Unknown name `tiem`.',
      '9:63 error `session` has no `isInitated`; did you mean `isInitiated`?',
      '12:16 error Unknown name `prty`; did you mean `party`?',
      '14:28 error Unknown name `day`.',
      '17:21 error `user` has no `nam`; did you mean `name`?',
      '18:11 error `else` comes last: what stands behind it is never reached.',
    ],
  },
  {
    file: 'never-filled.dialogue.yaml',
    what: 'names that are read before they can have a value',
    problems: [
      '6:10 warning The slot `day` is always empty here: nothing on the way gives it a value.',
      '6:10 warning The name `table` is always empty here: nothing on the way gives it a value.',
    ],
  },
  {
    file: 'no-colon.dialogue.yaml',
    what: 'a key without its colon',
    problems: ['2:1 error A key is followed by a colon: `states:`.'],
  },
  {
    file: 'no-end.dialogue.yaml',
    what: 'states without a way to the end',
    problems: [
      '3:3 error No way leads from the state `menu` to the end of the call: add a `hangup`, or a `goto` to a state that has one.',
      '4:7 error A caller who says nothing is asked for ever: the `silence` of this step leads back to it. Let it end in a `hangup`.',
      '8:3 error No way leads from the state `news` to the end of the call: add a `hangup`, or a `goto` to a state that has one.',
    ],
  },
  {
    file: 'no-unit.dialogue.yaml',
    what: 'durations without a unit, and one that is too long',
    problems: [
      '2:78 error `timeout` is "4 seconds", but should be a duration with a unit, such as 4s (units: ms, s, m, h, d).',
      '4:11 error `wait` is 5, but should be a duration with a unit, such as 4s (units: ms, s, m, h, d).',
      '7:10 error `for` is 365, but should be a duration with a unit, such as 365d (units: ms, s, m, h, d).',
      '9:11 error `ring` is "20", but should be a duration with a unit, such as 4s (units: ms, s, m, h, d).',
      '10:11 error `wait` is 48h, but may be 24h at most.',
    ],
  },
  {
    file: 'nobody.test.yaml',
    what: 'a test of an app that is not there',
    problems: ['1:6 error Unknown app `bistro`.'],
  },
  {
    file: 'notes.yaml',
    what: 'a YAML file that is none of ours',
    problems: [
      '1:1 warning The file is passed over: its name ends in neither .app.yaml nor .dialogue.yaml nor .test.yaml.',
    ],
  },
  {
    file: 'nowhere.app.yaml',
    what: 'an app whose dialogue, locale and voice do not exist',
    problems: [
      '1:11 error There is no dialogue `rihgt`; did you mean `right`?',
      '2:9 error `locale` is "en_US", but should be a language and region, such as en-US or cs-CZ.',
      '4:8 error The embedded engine cannot speak with openai/marin: its voices are embedded/NAME.',
    ],
  },
  {
    file: 'offset.app.yaml',
    what: 'an offset for a time zone',
    problems: ['3:7 error `+01:00` is no time zone: write one such as Europe/Prague or America/New_York.'],
  },
  {
    file: 'open-quote.dialogue.yaml',
    what: 'a quote that is never closed',
    problems: ['1:15 error The quote that opens here is never closed.'],
  },
  {
    file: 'params.dialogue.yaml',
    what: 'types of other languages, and a return of nothing',
    problems: [
      '1:17 error `name` is "string", but should be one of text, boolean, integer, number, digits, date, time, datetime, duration, money, phone, email, name; did you mean `text`?',
      '2:9 error Unknown name `marc`; did you mean `mark`?',
    ],
  },
  {
    file: 'phrases.dialogue.yaml',
    what: 'one phrase for two values, and slots without a question',
    problems: [
      '2:3 warning The slot `place` is collected without a question: write it under `ask`, since the caller hears only the slot’s name.',
      '4:59 error “Indoors!” already stands for `inside` in this choice: a caller who says it cannot mean both.',
      '4:71 error “inside” already stands for `inside` in this choice: a caller who says it cannot mean both.',
      '5:3 warning The slot `party` is collected without a question: write it under `ask`, since the caller hears only the slot’s name.',
    ],
  },
  {
    file: 'remember.dialogue.yaml',
    what: 'values kept where none can be',
    problems: [
      '2:17 error `last_visit` cannot be used here: it should be user.NAME.',
      '2:36 error `user.visits.count` cannot be used here: it should be user.NAME.',
      '3:12 error `user.visits` cannot be used here: it should be a plain name, session.attributes.NAME or session.locale.',
      '3:28 error `app.city` cannot be used here: it should be a plain name, session.attributes.NAME or session.locale.',
    ],
  },
  {
    file: 'right.dialogue.yaml',
    what: 'an id that is taken in another folder',
    problems: [
      '1:1 error The dialogue `right` is already there, in test/dialogue/broken/deeper/right.dialogue.yaml.',
    ],
  },
  {
    file: 'runs.dialogue.yaml',
    what: 'dialogues that are not there, or take something else',
    problems: [
      '2:10 error Unknown dialogue `surveys`.',
      '4:13 error The dialogue `params` has no parameter `nmae`; did you mean `name`?',
      '6:13 error The dialogue `right` has no `params`.',
    ],
  },
  {
    file: 'same-words.dialogue.yaml',
    what: 'one sentence for two answers',
    problems: [
      '5:54 error “A table, please!” is already an example of `wants a table` in this list: a caller who says it cannot mean both.',
      '8:36 error “operator” is already an example of `asks for a person` in this list: a caller who says it cannot mean both.',
    ],
  },
  {
    file: 'schemas.dialogue.yaml',
    what: 'JSON Schema and fields with types that are none',
    problems: [
      '4:57 error This is no valid JSON Schema: `type` is "intger", but should be one of array, boolean, integer, null, number, object, string; did you mean `integer`?',
      '5:21 error `free` is "bool", but should be one of text, boolean, integer, number, digits, date, time, datetime, duration, money, phone, email, name; did you mean `boolean`?',
      '5:35 error `tables` is a list, but should be one of text, boolean, integer, number, digits, date, time, datetime, duration, money, phone, email, name.',
      '6:77 error `{{ tiem }}` is no input of the tool.',
    ],
  },
  {
    file: 'secret.app.yaml',
    what: 'a secret among the properties of an app',
    problems: [
      '3:44 error `booking_token` holds what looks like a secret: put it into the environment and write ${NAME} here.',
    ],
  },
  {
    file: 'secret.dialogue.yaml',
    what: 'secrets in a request',
    problems: [
      '5:12 error `url` holds what looks like a secret: put it into the environment and write ${NAME} here.',
      '6:33 error `authorization` holds what looks like a secret: put it into the environment and write ${NAME} here.',
      '7:24 error `api_key` holds what looks like a secret: put it into the environment and write ${NAME} here.',
      '10:17 error `key` holds what looks like a secret: put it into the environment and write ${NAME} here.',
    ],
  },
  {
    file: 'secrets-told.dialogue.yaml',
    what: 'a sensitive value that is passed on',
    problems: [
      '10:28 error The slot `card` is sensitive: its value cannot go into `remember`.',
      '11:23 error The slot `card` is sensitive: its value cannot go into `set`.',
      '12:11 error The slot `card` is sensitive: its value cannot go into `talk`.',
      '15:12 error The slot `card` is sensitive: its value cannot go into `brief`.',
      '16:10 error The slot `card` is sensitive: its value cannot go into `persona`.',
      '17:9 error The slot `card` is sensitive: its value cannot go into `return`.',
    ],
  },
  {
    file: 'shut-gates.dialogue.yaml',
    what: 'gates that never open',
    problems: [
      '4:48 error The gate of the tool `charge` never opens: `false` is never true.',
      '12:15 error The gate of `club` never opens: `party > 4` is never true.',
    ],
  },
  {
    file: 'single-braces.dialogue.yaml',
    what: 'names in braces that are spoken as they are written',
    problems: [
      '2:27 error `min` of a date is "2026-02-31", but should be a date, such as "2026-03-04".',
      '2:69 warning `{ day }` is said as it is written: write {{ day }} for the value.',
      '4:19 warning `{day}` is said as it is written: write {{ day }} for the value.',
      '4:26 warning `${NAME}` is said as it is written: variables of the environment are for the settings of apps and tools.',
    ],
  },
  {
    file: 'slots.dialogue.yaml',
    what: 'slots whose limits, types, names and sources do not go together',
    problems: [
      '2:40 error No integer is from 8 to 1.',
      '2:43 error `length` says nothing about the type integer: it belongs to digits.',
      '3:17 error A choice needs its values: write them under `of`, such as [inside, outside].',
      '4:24 error `of` says nothing about the type text: it belongs to choice.',
      '4:47 error `min` says nothing about the type text: it belongs to integer, number, money, date, time, datetime.',
      '5:27 error `min` of a date is "tomorrow", but should be a date, such as "2026-03-04".',
      '5:42 error The first entry of `ask` is the question, so it should be a text.',
      '6:29 error A name cannot be given by keys: those that can are boolean, integer, number, digits, time, phone.',
      '7:49 error No text of digits has 16 to 4 of them.',
      '7:63 error `confirm` is "maybe", but should be one of always, unsure, never.',
      '8:38 error An entry of `of` is there twice: inside.',
      '9:3 error `e-mail` cannot be used here: it should be a plain name of letters, digits and _.',
      '10:3 error `user` belongs to the runtime: choose another name.',
      '11:17 error `type` is "tiem", but should be one of text, choice, boolean, integer, number, digits, date, time, datetime, duration, money, phone, email, name; did you mean `time`?',
      '13:15 error Unknown slot `prty`; did you mean `party`?',
      '14:13 error Unknown slot `dya`; did you mean `day`?',
    ],
  },
  {
    file: 'spoken-steps.dialogue.yaml',
    what: 'steps that are written as texts',
    problems: [
      '4:10 warning `goto hello` is said as it is written: for the step write `silence: { goto: hello }`.',
      '9:27 warning `run right` is said as it is written: for the step write `failed: { run: right }`.',
      '11:17 warning `goto hello` is said as it is written: for the step write `rejected: { goto: hello }`.',
      '12:28 warning `do look` is said as it is written: for the step write `{ do: look }`.',
    ],
  },
  {
    file: 'syntax.dialogue.yaml',
    what: 'what is no YAML',
    problems: [
      '1:9 error A value that begins with { or [ is a map or a list: put a text with {{ }} in quotes.',
      '3:10 error A text with `: ` in it is put in quotes.',
      '4:1 error A tab cannot indent a line: use spaces.',
    ],
  },
  {
    file: 'tab.dialogue.yaml',
    what: 'a tab among spaces, and lines behind it',
    problems: ['3:1 error A tab cannot indent a line: use spaces.'],
  },
  {
    file: 'taken.app.yaml',
    what: 'a number that another app answers',
    problems: [
      '3:11 error +14155550100 is already answered by the app `claims`, in test/dialogue/broken/claims.app.yaml.',
    ],
  },
  {
    file: 'tools.dialogue.yaml',
    what: 'tools that cannot be called as they are',
    problems: [
      '2:76 error ftp://example.com should be an http:// or https:// URL.',
      '3:39 warning The environment has no `PING_URL`.',
      '6:74 error This is no valid JSON Schema: `minimum` is "many", but should be a number.',
      '7:36 error `${PING URL}` is no variable of the environment: write ${NAME}.',
      '9:9 error The tool `find` needs `day`: write it under `with`.',
      '10:23 error The tool `find` takes no `dya`; did you mean `day`?',
      '12:13 error The tool `ping` takes no input.',
    ],
  },
  {
    file: 'transfers.app.yaml',
    what: 'transfers without a number',
    problems: [
      '2:48 error `kitchen` is 14155550198, but should be a phone number in quotes with + and country code, such as "+14155550100".',
      '2:66 error +1415555 cannot be a phone number: it has too few or too many digits, or an unknown country code.',
    ],
  },
  {
    file: 'transfers.dialogue.yaml',
    what: 'transfers to nobody',
    problems: [
      '3:19 error `app` has no `open`.',
      '3:35 error The app `transfers` has no `manger` among its `transfers`; did you mean `manager`?',
      '4:38 error +0123 is no phone number with + and country code, such as "+14155550199".',
      '5:15 error The app `transfers` has no `reception` among its `transfers`.',
    ],
  },
  {
    file: 'turns.dialogue.yaml',
    what: 'options with empty, wrong and repeated values',
    problems: [
      '3:12 error `turns` is 0, but should be a whole number from 1 up.',
      '4:13 error Unknown tool `menu`.',
      '4:19 error An entry of `tools` is there twice: menu.',
      '4:19 error Unknown tool `menu`.',
      '5:24 error `interrupt` is "voice", but should be one of speech, keys, never.',
      '6:10 error `ask` is empty, but should be a text.',
      '7:23 error `when` is empty, but should be what the caller means, in words.',
      '7:34 error `like` is "a table", but should be a list of example sentences.',
      '7:51 error `keys` is "1,2", but should be keys in quotes, such as "1", "0" or "12#".',
    ],
  },
  {
    file: 'twice.dialogue.yaml',
    what: 'a key that is there twice',
    problems: ['3:1 error The key `intro` stands in this map twice.'],
  },
  {
    file: 'two-values.dialogue.yaml',
    what: 'keys below a key that has its value',
    problems: [
      '3:3 error This line is indented as if it belonged to `welcome`, which is a whole value: move it to the column of the key above.',
    ],
  },
  {
    file: 'two-verbs.dialogue.yaml',
    what: 'a step with two verbs and one with none',
    problems: [
      '3:5 error A step has one verb, but this one has `say` and `goto`: write two steps.',
      '4:5 error A step needs one of `say`, `play`, `press`, `wait`, `ask`, `collect`, `confirm`, `talk`, `do`, `set`, `clear`, `remember`, `pair`, `callback`, `branch`, `goto`, `run`, `return`, `repeat`, `transfer`, `hangup`.',
      '12:11 error What follows a condition has one verb, but this one has `say` and `goto`: write them as a list under `then`.',
    ],
  },
  {
    file: 'unknown-key.dialogue.yaml',
    what: 'unknown keys with the nearest one that may stand there',
    problems: [
      '2:3 error Unknown key `sya`; did you mean `say`?',
      '5:5 error Unknown key `sillence`; what may stand here: `say`, `turn`.',
      '7:5 error Unknown key `interupt`; what may stand here: `hangup`.',
      '8:1 error Unknown key `voicemial`; did you mean `voicemail`?',
    ],
  },
  {
    file: 'unquoted.app.yaml',
    what: 'numbers without quotes and durations without a unit',
    problems: [
      '2:9 error `public` is "yes", but should be true or false.',
      '3:11 error An entry of `numbers` is a number without quotes: write "+420777123456".',
      '3:26 error An entry of `numbers` is "+1415", but should be a phone number in quotes with + and country code, such as "+14155550100".',
      '3:35 error An entry of `numbers` is "12345", but should be a phone number in quotes with + and country code, such as "+14155550100".',
      '4:21 error `duration` is 15, but should be a duration with a unit, such as 15m (units: ms, s, m, h, d).',
    ],
  },
  {
    file: 'unquoted.dialogue.yaml',
    what: 'keys and texts without quotes',
    problems: [
      '4:34 error `keys` is a number without quotes: write "1".',
      '5:34 error `keys` is "two", but should be keys in quotes, such as "1", "0" or "12#".',
      '6:10 error `say` is a number without quotes: write "12".',
    ],
  },
  {
    file: 'wanted.dialogue.yaml',
    what: 'a key that belongs nowhere, and a flag where a sentence is wanted',
    problems: [
      '2:41 error Unknown key `requierd`; what may stand here: `type`, `about`, `ask`, `of`, `min`, `max`, `length`, `check`, `confirm`, `hints`, `from`, `sensitive`.',
      '5:14 error `confirm` is true, but should be a sentence that reads the values back, such as "A table for {{ party }}. Is that right?".',
    ],
  },
  {
    file: 'when-and-if.dialogue.yaml',
    what: 'when and if in the place of each other',
    problems: [
      '4:11 error `if` is code and belongs to `branch`. Here stands `when`: what the caller means, in words.',
      '6:11 error `when` is what a caller means and belongs to `answers`, `until` and `anytime`. Here stands `if`: an expression.',
      '7:28 error `when` is what a caller means and belongs to `answers`, `until` and `anytime`. Here stands `if`: an expression.',
    ],
  },
  {
    file: 'where-to.dialogue.yaml',
    what: 'ways that lead nowhere',
    problems: [
      '1:11 error An entry of `inbound` is "welcome", but should be a step: to go to a state, write `goto: welcome`.',
      '1:20 error An entry of `inbound` is "bye", but should be a step: to go to a state, write `goto: bye`.',
      '2:1 warning Nothing leads to `states`: name the state where a call begins with `inbound` or `outbound`.',
      '4:12 error `goto` is empty, but should be the name of a state.',
      '6:13 error `goto` is a list, but should be the name of a state.',
      '7:13 error Unknown state `welcom`; did you mean `welcome`?',
    ],
  },
  {
    file: 'yes-and-no.dialogue.yaml',
    what: 'yes and no without quotes',
    problems: [
      '4:17 error `when` is true or false without quotes: write "true".',
      '4:69 error `brief` is the word "yes": write true, or a text in quotes.',
      '5:41 error `hangup` is the word "no": write true, or a text in quotes.',
      '6:49 error `repeat` is "yes", but should be true.',
    ],
  },
  {
    file: 'zone.app.yaml',
    what: 'a zone, a locale and a number that do not exist',
    problems: [
      '3:7 error `Europe/Prag` is no time zone; did you mean `Europe/Prague`?',
      '4:9 error `locale` is "cs-CZ-x", but should be a language and region, such as en-US or cs-CZ.',
      '5:11 error +1415555010 cannot be a phone number: it has too few or too many digits, or an unknown country code.',
    ],
  },
] as const;
