/** Names that are left aside, each for a while. */
export class Aside {
  readonly #until = new Map<string, number>();

  put(name: string, until: number): void {
    this.#until.set(name, until);
  }

  clear(): void {
    this.#until.clear();
  }

  /** Those that still are. */
  names(now: number): string[] {
    for (const [name, until] of this.#until) if (until <= now) this.#until.delete(name);
    return [...this.#until.keys()];
  }

  /** When the first of them is not any more. */
  endsAt(): number {
    return Math.min(Infinity, ...this.#until.values());
  }
}
