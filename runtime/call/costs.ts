import type { Prices } from '../dialogue/prices.ts';
import type { Usage, UsageUnit } from '../speech/usage.ts';
import type { Priced } from '../store/store.ts';

const MILLION = 1_000_000;
const SECONDS_IN_MINUTE = 60;

/** What one call used of vendors, and what that costs in US dollars. */
export class Costs {
  readonly #prices: Prices;
  readonly #used = new Map<string, Priced>();

  /** `before` is what the call had used when it was taken up. */
  constructor(prices: Prices, before: readonly Priced[]) {
    this.#prices = prices;
    for (const one of before) this.#add(one);
  }

  /** All that was used, by vendor and model. */
  get usage(): readonly Priced[] {
    return [...this.#used.values()];
  }

  /** As far as prices are known; null: of nothing. */
  get total(): number | null {
    return sum(this.usage);
  }

  /** Counts it in, and gives it with its price. */
  add({ vendor, model, amounts }: Usage): Priced {
    const priced = { vendor, model, amounts: plain(amounts), cost: this.#costOf(vendor, model, amounts) };
    this.#add(priced);
    return priced;
  }

  #add(one: Priced): void {
    const key = `${one.vendor}/${one.model}`;
    const before = this.#used.get(key);
    this.#used.set(key, before ? joined(before, one) : one);
  }

  /** Null where the model, or a unit that was used, has no price. */
  #costOf(vendor: string, model: string, amounts: Usage['amounts']): number | null {
    const price = this.#prices.get(`${vendor}/${model}`);
    if (!price) return null;
    let cost = 0;
    for (const [unit, amount] of Object.entries(plain(amounts))) {
      if (amount === 0) continue;
      const each = perUnit(price, unit as UsageUnit);
      if (each === null) return null;
      cost += amount * each;
    }
    return cost;
  }
}

/** Two entries of the same vendor and model in one. */
export function joined(one: Priced, other: Priced): Priced {
  const amounts: Record<string, number> = { ...one.amounts };
  for (const [unit, amount] of Object.entries(other.amounts)) amounts[unit] = (amounts[unit] ?? 0) + amount;
  return { vendor: one.vendor, model: one.model, amounts, cost: sum([one, other]) };
}

function sum(used: readonly Priced[]): number | null {
  const known = used.flatMap(({ cost }) => (cost === null ? [] : [cost]));
  return known.length === 0 ? null : known.reduce((all, cost) => all + cost, 0);
}

/** US dollars for one of the unit; null where it has no price. */
function perUnit(price: NonNullable<ReturnType<Prices['get']>>, unit: UsageUnit): number | null {
  switch (unit) {
    case 'seconds':
      return price.minute === undefined ? null : price.minute / SECONDS_IN_MINUTE;
    case 'cachedTextTokens':
    case 'cachedAudioTokens': {
      const whole = unit === 'cachedTextTokens' ? price.inputTextTokens : price.inputAudioTokens;
      const dollars = price[unit] ?? whole;
      return dollars === undefined ? null : dollars / MILLION;
    }
    default: {
      const dollars = price[unit];
      return dollars === undefined ? null : dollars / MILLION;
    }
  }
}

function plain(amounts: Usage['amounts']): Record<string, number> {
  return Object.fromEntries(
    Object.entries(amounts).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
}
