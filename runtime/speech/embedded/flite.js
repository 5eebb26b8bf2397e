/**
 * Flite (festvox.org/flite), a speech synthesizer that ships as one WebAssembly command. Plain JavaScript
 * because the worker loads it.
 *
 * The command asks its host for thirteen functions of WASI preview 1, of which speaking needs few: its
 * arguments, a clock, and one file to write. They are answered here from memory: `node:wasi` is experimental,
 * warns on the user's terminal, and would need a folder for the WAVE file on every render.
 */
import { readFile } from 'node:fs/promises';
import { readWav } from './wav.js';

/** WASI errno and file types: github.com/WebAssembly/WASI, preview 1. */
const OK = 0;
const BADF = 8;
const NOENT = 44;
const SPIPE = 70;
const TYPE_DIRECTORY = 3;
const TYPE_REGULAR = 4;
const TYPE_CHARACTER = 2;
const CREATE = 1;

/** File descriptors: 0 to 2 are the standard ones, 3 is the folder `/`, 4 the WAVE file. */
const FOLDER = 3;
const FILE = 4;

/** A sentence of 300 characters is some 30 s, 1 MB. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** It begins with 17 MB, nearly all of it the voices, and a sentence takes some 4 MB more. */
const MAX_MEMORY_BYTES = 32 * 1024 * 1024;

class Exit extends Error {
  /** @param {number} code */
  constructor(code) {
    super(`flite ended with code ${code}.`);
    this.code = code;
  }
}

/**
 * Compiles the command once. A command is made to run once, so before every text its memory is put back to what
 * it was at the beginning. A new instance for each would do too, but the old ones, 17 MB each, wait for the
 * collector: 330 MB after a few dozen texts.
 *
 * @param {string} path of `flite.wasm`
 * @returns {Promise<{ speak(voice: string, text: string): { samples: Int16Array, rate: number } }>}
 */
export async function loadFlite(path) {
  const module = await WebAssembly.compile(await readFile(path));
  /** @type {ReturnType<typeof start> | null} */
  let command = null;
  return {
    speak(voice, text) {
      const running = command ?? start(module);
      // What ends in a trap, or in the middle by an exit, leaves its stack behind: it is not used again.
      command = null;
      const { wav, said } = running.run(['flite', '-voice', voice, '-t', text, 'out.wav']);
      if (running.reset()) command = running;
      if (wav.length === 0) throw new Error(`flite wrote no sound: ${said.trim() || 'it gave no reason'}`);
      return readWav(wav);
    },
  };
}

/** @param {WebAssembly.Module} module */
function start(module) {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  /** @type {Uint8Array[]} */
  let args = [];
  let file = new Uint8Array(0);
  let size = 0;
  let position = 0;
  let said = '';

  /** Memory moves when it grows, so the view is taken anew for every call. */
  const view = () => new DataView(memory.buffer);
  const bytes = (/** @type {number} */ at, /** @type {number} */ length) =>
    new Uint8Array(memory.buffer, at, length);

  const host = {
    /** @param {number} pointers @param {number} buffer */
    args_get(pointers, buffer) {
      for (const [index, arg] of args.entries()) {
        view().setUint32(pointers + 4 * index, buffer, true);
        bytes(buffer, arg.length).set(arg);
        buffer += arg.length;
      }
      return OK;
    },
    /** @param {number} count @param {number} length */
    args_sizes_get(count, length) {
      view().setUint32(count, args.length, true);
      view().setUint32(
        length,
        args.reduce((sum, arg) => sum + arg.length, 0),
        true,
      );
      return OK;
    },
    /** Flite only measures itself with it. @param {number} _id @param {bigint} _precision @param {number} at */
    clock_time_get(_id, _precision, at) {
      view().setBigUint64(at, 0n, true);
      return OK;
    },
    fd_close: () => OK,
    /** @param {number} fd @param {number} at */
    fd_fdstat_get(fd, at) {
      if (fd > FILE) return BADF;
      bytes(at, 24).fill(0);
      view().setUint8(at, fd === FOLDER ? TYPE_DIRECTORY : fd === FILE ? TYPE_REGULAR : TYPE_CHARACTER);
      view().setBigUint64(at + 8, 0xffff_ffffn, true);
      view().setBigUint64(at + 16, 0xffff_ffffn, true);
      return OK;
    },
    fd_fdstat_set_flags: () => OK,
    /** @param {number} fd @param {number} at */
    fd_prestat_get(fd, at) {
      if (fd !== FOLDER) return BADF;
      view().setUint32(at, 0, true);
      view().setUint32(at + 4, 1, true);
      return OK;
    },
    /** @param {number} _fd @param {number} at @param {number} length */
    fd_prestat_dir_name(_fd, at, length) {
      bytes(at, length).set(encoder.encode('/').subarray(0, length));
      return OK;
    },
    fd_read: () => BADF,
    /** @param {number} fd @param {bigint} offset @param {number} whence @param {number} at */
    fd_seek(fd, offset, whence, at) {
      if (fd !== FILE) return SPIPE;
      position = Math.max(0, Number(offset) + (whence === 0 ? 0 : whence === 1 ? position : size));
      view().setBigUint64(at, BigInt(position), true);
      return OK;
    },
    /** @param {number} fd @param {number} vectors @param {number} count @param {number} at */
    fd_write(fd, vectors, count, at) {
      let written = 0;
      for (let i = 0; i < count; i++) {
        const start = view().getUint32(vectors + 8 * i, true);
        const length = view().getUint32(vectors + 8 * i + 4, true);
        if (fd === FILE) write(bytes(start, length));
        else if (said.length < 2_000) said += decoder.decode(bytes(start, length));
        written += length;
      }
      view().setUint32(at, written, true);
      return OK;
    },
    /**
     * The one file it may make; whatever else it looks for does not exist.
     * @type {(fd: number, lookup: number, path: number, length: number, flags: number, ...rest: unknown[]) => number}
     */
    path_open(_fd, _lookup, _path, _length, flags, ...rest) {
      if ((flags & CREATE) === 0) return NOENT;
      position = 0;
      view().setUint32(Number(rest[3]), FILE, true);
      return OK;
    },
    /** @param {number} code */
    proc_exit(code) {
      throw new Exit(code);
    },
  };

  /** @param {Uint8Array} chunk */
  function write(chunk) {
    const end = position + chunk.length;
    if (end > MAX_FILE_BYTES) throw new Error(`flite wrote more than ${MAX_FILE_BYTES} bytes.`);
    if (end > file.length) {
      const larger = new Uint8Array(Math.max(end, file.length * 2));
      larger.set(file.subarray(0, size));
      file = larger;
    }
    file.set(chunk, position);
    position = end;
    size = Math.max(size, end);
  }

  const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: host });
  const memory = /** @type {WebAssembly.Memory} */ (exports['memory']);
  const main = /** @type {() => void} */ (exports['_start']);
  const first = new Uint8Array(memory.buffer).slice();

  return {
    /**
     * @param {readonly string[]} argv
     * @returns {{ wav: Uint8Array, said: string }}
     */
    run(argv) {
      args = argv.map((arg) => encoder.encode(`${arg}\0`));
      file = new Uint8Array(256 * 1024);
      size = 0;
      position = 0;
      said = '';
      try {
        main();
      } catch (thrown) {
        if (thrown instanceof Exit)
          throw new Error(`${thrown.message} ${said.trim()}`.trim(), { cause: thrown });
        throw thrown;
      }
      return { wav: file.subarray(0, size), said };
    },
    /** @returns {boolean} whether it can run again; not so when a text has made its memory large */
    reset() {
      const now = new Uint8Array(memory.buffer);
      if (now.length > MAX_MEMORY_BYTES) return false;
      now.set(first);
      // The allocator takes what lies beyond for untouched, and untouched memory is zero.
      now.fill(0, first.length);
      return true;
    },
  };
}
