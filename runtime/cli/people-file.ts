import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { OffhookError, messageOf } from '../errors.ts';
import { peopleOfCsv } from './people-csv.ts';
import { peopleOfJson } from './people-json.ts';
import type { PeopleRow } from './people.ts';

/** As the API takes at a time: more is a campaign that nobody follows in a terminal. */
const MOST_PEOPLE = 10_000;

const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Reads the people to call from a `.csv` or `.json` file.
 * @throws OffhookError `bad-file`, with the place where there is one: nothing of it can be used.
 */
export async function readPeople(file: string): Promise<PeopleRow[]> {
  const format = extname(file).toLowerCase();
  if (format !== '.csv' && format !== '.json') {
    throw new OffhookError('bad-file', `${file} should be a .csv or a .json file.`);
  }
  const source = await bytesOf(file);
  if (!isUtf8(source)) {
    throw new OffhookError('bad-file', `${file} is not in UTF-8: save it as "CSV UTF-8", or as UTF-8 text.`);
  }
  const read = format === '.csv' ? peopleOfCsv(source, file) : peopleOfJson(source.toString('utf8'), file);
  if (read.length === 0) throw new OffhookError('bad-file', `There is nobody in ${file}.`);
  if (read.length > MOST_PEOPLE) {
    throw new OffhookError(
      'bad-file',
      `There are ${read.length} people in ${file}, but at most ${MOST_PEOPLE} go into one batch: divide it.`,
    );
  }
  return read;
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES / 1024 / 1024} MiB`);
    return await readFile(file);
  } catch (thrown) {
    throw new OffhookError('bad-file', `${file} cannot be read: ${messageOf(thrown)}.`, { cause: thrown });
  }
}
