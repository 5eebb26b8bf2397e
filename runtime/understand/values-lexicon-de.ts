import type { ValueLexicon } from './values-lexicon.ts';

export const german: ValueLexicon = {
  numbers: {
    words: upToThousands(),
    hundred: 'hundert',
    thousand: 'tausend',
    million: 'million, millionen',
    tensTakeUnits: false,
    twenties: '',
    teens: '',
    scores: '',
    and: 'und',
    andAfter: 'units',
    teensOfHundreds: true,
    hundredsApart: false,
    ones: 'ein, eine, einen, einem, einer, eines',
    zeros: 'o',
    group: '.',
    point: 'komma',
    minus: 'minus',
    plus: 'plus',
    amounts: [
      ['nur ich, nur für mich, nur mich, allein, alleine, ich allein, ich bin allein', 1],
      ['zu zweit, wir beide, uns beide', 2],
      ['zu dritt', 3],
      ['zu viert', 4],
      ['zu fünft', 5],
      ['zu sechst', 6],
      ['zu siebt', 7],
      ['zu acht', 8],
      ['zu neunt', 9],
      ['zu zehnt', 10],
      ['ein dutzend', 12],
      ['ein halbes dutzend', 6],
      ['anderthalb, eineinhalb, einundeinhalb', 1.5],
      ['zweieinhalb', 2.5],
      ['dreieinhalb', 3.5],
      ['viereinhalb', 4.5],
      ['fünfeinhalb', 5.5],
      ['sechseinhalb', 6.5],
    ],
    halves: [],
    multiples: [
      ['doppel, doppelt, zweimal, zweimal die, doppelte, zwei mal, zwei mal die', 2],
      ['dreimal, dreimal die, dreifach, drei mal, drei mal die', 3],
      ['viermal, viermal die, vier mal', 4],
    ],
    ordinals: ordinals(),
    ordinalEndings: '., te, ter, ten, ste, ster, sten',
    last: 'letzte, letzter, letztes, letzten',
  },
  dates: {
    days: [
      ['heute', 0],
      ['morgen', 1],
      ['übermorgen, uebermorgen', 2],
      ['gestern', -1],
      ['vorgestern', -2],
    ],
    dayParts: [
      ['heute abend', [0, 'evening']],
      ['heute morgen, heute früh, heute vormittag', [0, 'morning']],
      ['heute nachmittag', [0, 'afternoon']],
      ['heute nacht', [0, 'night']],
      ['morgen früh, morgen vormittag', [1, 'morning']],
      ['morgen nachmittag', [1, 'afternoon']],
      ['morgen abend', [1, 'evening']],
      ['übermorgen abend', [2, 'evening']],
      ['übermorgen früh', [2, 'morning']],
    ],
    weekdays: [
      'sonntag, sonntags',
      'montag, montags',
      'dienstag, dienstags',
      'mittwoch, mittwochs',
      'donnerstag, donnerstags',
      'freitag, freitags',
      'samstag, samstags, sonnabend',
    ],
    months: [
      'januar, jänner, jan',
      'februar, feber',
      'märz',
      'april',
      'mai',
      'juni, juno',
      'juli, julei',
      'august',
      'september',
      'oktober',
      'november',
      'dezember',
    ],
    monthFirst: false,
    of: 'im, in',
    dayLead: '',
    this: 'diesen, diesem, dieser, dieses, kommenden, kommender, kommendem, am kommenden, den kommenden',
    next: 'nächsten, nächster, nächstem, nächste',
    nextBehind: 'nächste woche, nächster woche, in der nächsten woche, kommende woche',
    nextSkips: false,
    nextWeek: 'nächste woche, nächster woche, in der nächsten woche, kommende woche',
    inAWeek: 'in einer woche, in acht tagen',
    weekBefore: '',
    weekend: 'wochenende, am wochenende, dieses wochenende, das wochenende',
    nextMonth: 'nächsten monat, im nächsten monat',
    named: [
      ['heiligabend, heiliger abend, heiligen abend, weihnachten', [12, 24]],
      ['erster weihnachtstag, ersten weihnachtstag', [12, 25]],
      ['zweiter weihnachtstag, zweiten weihnachtstag', [12, 26]],
      ['silvester, sylvester', [12, 31]],
      ['neujahr', [1, 1]],
      ['valentinstag', [2, 14]],
      ['tag der deutschen einheit', [10, 3]],
    ],
    ahead: 'in, heute in',
    aheadBehind: 'ab heute, von heute an',
    countedFrom: 'nach',
    ago: 'vor',
    agoBehind: 'her',
    idioms: { 8: 7 },
    same: [
      [
        'der gleiche tag, den gleichen tag, am gleichen tag, gleichen tag, derselbe tag, am selben tag, selben tag, denselben tag, dem selben tag',
        'date',
      ],
      [
        'die gleiche zeit, zur gleichen zeit, gleiche zeit, dieselbe zeit, zur selben zeit, selbe zeit, gleiche uhrzeit, zur gleichen uhrzeit, die gleiche uhrzeit, selbe uhrzeit, dieselbe uhrzeit, zur selben uhrzeit',
        'time',
      ],
      ['das gleiche, dasselbe, wie vorher, wie eben, wie vorhin, das selbe', 'any'],
    ],
    shifts: [
      [
        'am tag danach, den tag danach, tag danach, am nächsten tag, am folgenden tag, einen tag danach, am tag darauf',
        1,
      ],
      ['am tag davor, den tag davor, tag davor, am tag vorher, am vortag', -1],
    ],
    later: 'später, danach, nachher',
    earlier: 'früher, eher, vorher, davor',
  },
  times: {
    at: 'um, gegen, ab, bis, so um, um etwa, um circa, ungefähr um, nach, vor, von, so gegen, auf',
    hour: 'uhr, h',
    minute: 'minuten, minute',
    before: [
      ['halb', -30],
      ['viertel nach', 15],
      ['viertel vor', -15],
      ['viertel', -45],
      ['dreiviertel, drei viertel', -15],
    ],
    behind: [],
    and: 'und',
    less: '',
    past: 'nach, minuten nach',
    to: 'vor, minuten vor',
    half: 'halb',
    noon: 'mittag, mittags, zu mittag',
    midnight: 'mitternacht',
    parts: [
      [
        'morgens, am morgen, früh, morgen, in der früh, vormittags, am vormittag, vormittag, frühmorgens',
        'morning',
      ],
      ['frühstück, zum frühstück, zum frühstücken', 'morning'],
      ['mittags, mittagessen, zum mittagessen', 'midday'],
      ['nachmittags, am nachmittag, nachmittag', 'afternoon'],
      ['abends, am abend, abend, abendessen, zum abendessen', 'evening'],
      ['nachts, in der nacht, nacht', 'night'],
    ],
    ordinalHours: false,
  },
  durations: {
    units: [
      ['sekunde, sekunden', 'second'],
      ['minute, minuten, min', 'minute'],
      ['stunde, stunden, std, h', 'hour'],
      ['tag, tage, tagen, nacht, nächte, nächten', 'day'],
      ['woche, wochen', 'week'],
      ['monat, monate, monaten', 'month'],
      ['jahr, jahre, jahren', 'year'],
    ],
    spans: [
      ['halbe stunde, eine halbe stunde, einer halben stunde, halben stunde', 1800],
      ['viertelstunde, eine viertelstunde, einer viertelstunde, viertel stunde, eine viertel stunde', 900],
      ['dreiviertelstunde, eine dreiviertelstunde, dreiviertel stunde, eine dreiviertel stunde', 2700],
      ['einen halben tag', 43_200],
    ],
    and: 'und',
    halves: [],
    bare: false,
  },
  money: {
    coins: [
      ['euro, euros', 'EUR'],
      ['dollar, dollars', 'dollar'],
      ['franken, fränkli', 'CHF'],
      ['pfund', 'GBP'],
      ['krone, kronen', 'crown'],
      ['zloty', 'PLN'],
      ['yen', 'JPY'],
    ],
    cents: 'cent, cents, rappen',
    and: 'und',
  },
  phrases: {
    leads:
      'für, am, um, den, der, die, das, dem, auf, von, bis, ab, gegen, im, in, zu, einen, eine, so, ca, zum, vom',
    counts: 'für, wir sind, wir wären, mit, sind, wir kommen zu, tisch für',
    from: 'von, ab, vom, zwischen, anreise, ankunft',
    to: 'bis, bis zum, zum, zurück, abreise',
    or: 'oder',
    things:
      'personen, person, leute, leuten, gäste, gästen, gast, erwachsene, erwachsenen, kinder, kindern, kind, plätze, plätzen, zimmer, zimmern, karten, tickets, stück, pizzen, flaschen, nächte, prozent, mann, freunde, stunden, straße',
    ordinalNouns: 'mal, option, stock, frage, klasse, name, reihe, etage, person, wahl',
    none: 'keine, kein, keinen, ohne',
    nothing: 'nichts, gar nichts, keine, keiner, keinen, keins, niemand',
    says: 'ist, soll sein, lautet, soll lauten, heißt',
    topics: [
      ['zeit, uhrzeit', 'time'],
      ['tag, datum', 'day'],
      [
        'anreise, ankunft, ankommen, anreisen, an kommen, einchecken, hinfahrt, hinflug, abholung, beginn',
        'arrival',
      ],
      [
        'abreise, abreisen, abfahrt, auschecken, rückfahrt, rückflug, rückgabe, rückreise, ende, zurück',
        'departure',
      ],
      ['erwachsene, erwachsenen, erwachsener', 'adults'],
      ['kinder, kindern, kind, kleinkinder', 'children'],
      ['personen, person, leute, leuten, gäste, gästen, plätze', 'people'],
      ['zimmer, zimmern', 'rooms'],
      ['nacht, nächte, nächten', 'nights'],
    ],
    corrections: [
      [
        'nein, ne, nee, nö, ich sagte, ich habe gesagt, ich hab gesagt, ich meinte, ich meine, machen sie, falsch, korrektur, ändern sie es auf, ändern sie das auf, sagen wir, stimmt nicht',
        true,
      ],
      ['doch, lieber, eher, sondern, moment, entschuldigung, sorry, besser, ach', false],
    ],
    correctionsBehind: 'stattdessen, lieber, doch lieber',
    negators: 'nicht, kein, keine, keinen, statt, anstatt, außer, nie',
    answers: '',
    negatorsBehind:
      'geht nicht, passt nicht, passt mir nicht, geht leider nicht, kann ich nicht, nicht, ist schlecht, ist zu spät, ist zu früh, ist falsch, klappt nicht',
    passing: 'am, um, für, den, die, der, das, im, in, auf, ein, eine, einen, dem, zu, auf, von, so, gegen',
    greetings: 'guten morgen, guten tag, guten abend, gute nacht, schönen tag, schönen abend',
    light:
      'bitte, äh, ähm, hm, also, na, tja, ja, nein, nee, nö, danke, hallo, gern, gerne, mal, einfach, eigentlich, vielleicht, dann, jetzt, noch, ich, wir, uns, mir, mich, sie, es, ist, sind, wäre, wären, bin, hätte, hätten, möchte, möchten, würde, will, wollen, brauche, sagte, sage, habe, gesagt, meinte, meine, machen, mach, wir, doch, lieber, eher, sondern, nicht, kein, keine, statt, moment, entschuldigung, für, am, um, den, der, die, das, dem, auf, von, bis, ab, gegen, im, in, zu, mit, und, oder, ein, eine, einen, so, etwa, ungefähr, circa, genau, okay, ok, gut, uhr, personen, person, leute, gäste, uns, alle, insgesamt, zusammen, passt, geht, sagen, denke, glaube, wenn, geht, möglich, auch, nur, stattdessen, falsch, korrektur, besser, mein, meine, da, was, nummer, ach, dass, tag, zeit, datum, zum, vom, sehr, zurück',
  },
  names: {
    sure: 'mein name ist, ich heiße, der name ist, auf den namen, auf den name, unter dem namen, name ist, mein nachname ist, mein vorname ist, am apparat ist, ich bin der, ich bin die',
    perhaps: 'hier ist, hier spricht, ich bin, das ist, es ist, hier, auf, spricht',
    titles: 'herr, frau, dr, doktor, prof, professor',
    particles: 'von, van, der, de, zu, zum, den, la, di, da, del, al, ben',
    never:
      'ein, eine, einen, einem, der, die, das, den, dem, und, oder, aber, nicht, nein, ja, jo, nee, doch, ok, okay, bitte, danke, hallo, guten, gut, äh, ähm, ich, mich, mir, mein, wir, uns, sie, ihr, es, er, ist, sind, bin, war, habe, haben, hätte, möchte, will, brauche, kann, können, könnte, zu, für, in, im, am, an, auf, bei, mit, aus, um, was, wann, wo, wer, wie, warum, welche, hier, da, heute, morgen, übermorgen, jetzt, dann, tisch, reservierung, reservieren, termin, bestellen, stornieren, absagen, person, mensch, mitarbeiter, jemand, niemand, hilfe, wiederholen, richtig, falsch, genau, stimmt, gern, gerne, klar, sicher, egal, moment, zwei, drei, eins, abend, tag, zeit, uhr, name, frage, problem, schlecht, schön, leider, noch, schon, mal, sehr, alles, nichts, etwas, von, bis, weiß, beschäftigt, sprechen, gleich, anrufen, sagen, lauter, langsamer, später, zurück, auflegen, beides, andere',
    fillers:
      'äh, ähm, hm, hmm, ah, ach, also, na, tja, ja, okay, ok, gut, hallo, guten tag, bitte, danke, das wäre, das ist, gerne, gern, natürlich, ja also, nein, klar, sicher',
    hesitations: 'äh, ähm, hm, hmm, ah, ach, na, tja',
    also: '',
    tails: [
      ['am apparat, am telefon', 'self'],
      ['von, aus, hier', 'origin'],
    ],
    given: 'vorname, vorname ist, mein vorname ist',
    family: 'nachname, nachname ist, mein nachname ist, familienname, familienname ist',
    kin: 'mann, frau, partner, partnerin, sohn, tochter, mutter, vater, bruder, schwester, assistent, assistentin, sekretärin, chef, freund, freundin, kollege, kollegin',
    asIn: 'wie',
  },
  phones: {
    own: [
      [
        'diese nummer, dieser nummer, diese telefonnummer, dieser telefonnummer, diese handynummer, die nummer von der ich anrufe, die nummer mit der ich anrufe, die nummer von der aus ich anrufe, die von der ich anrufe, die mit der ich anrufe, die von der aus ich anrufe, die nummer von der ich gerade anrufe, die nummer mit der ich gerade anrufe, die nummer die sie angerufen haben, die nummer die sie anrufen, die sie angerufen haben, die nummer die sie sehen, die nummer auf ihrem display, die nummer auf dem display, die angezeigte nummer, diesen anschluss, dieser anschluss, diesem anschluss, von der ich anrufe, mit der ich anrufe, von der aus ich anrufe, von der ich gerade anrufe, mit der ich gerade anrufe, unter der sie mich angerufen haben, unter der ich anrufe',
        true,
      ],
      [
        'diese, dieser, unter dieser, die gleiche nummer, dieselbe nummer, die selbe nummer, meine eigene nummer, meine nummer, meine aktuelle nummer',
        false,
      ],
    ],
  },
  mail: {
    at: 'at, ät, et, klammeraffe, affenschwanz, klammer affe',
    marks: [
      ['punkt, dot', '.'],
      ['unterstrich', '_'],
      ['minus, bindestrich, strich', '-'],
      ['plus', '+'],
    ],
    leads:
      'meine e mail ist, meine email ist, meine e mail adresse ist, meine mailadresse ist, meine mail ist, die adresse ist, die e mail ist, das ist, es ist, bitte an, an, ja, also, äh, ähm, ist, lautet, adresse, email, mail, meine, und zwar, gerne, bitte, die, hier, nein',
  },
};

/** Up to 999 as one word each; hundreds beyond a thousand too, and thousands as they are put together of these. */
function upToThousands(): { [word: string]: number } {
  const ones = ['', 'ein', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben', 'acht', 'neun'];
  const teens = 'zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn'.split(' ');
  const tens = ' zehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig'.split(' ');
  const below100: string[] = [...ones, ...teens];
  for (let value = 20; value < 100; value++) {
    const one = ones[value % 10] ?? '';
    below100.push(`${one}${one === '' ? '' : 'und'}${tens[Math.floor(value / 10)]}`);
  }
  const words: { [word: string]: number } = { null: 0, eins: 1, zwo: 2, beide: 2, zwoundzwanzig: 22 };
  const add = (word: string, value: number): void => {
    words[word] = value;
    if (word.endsWith('ein')) words[`${word}s`] = value;
  };
  for (const [value, word] of below100.entries()) if (value > 1) add(word, value);
  for (let hundreds = 1; hundreds < 20; hundreds++) {
    if (hundreds === 10) continue;
    for (const front of hundreds === 1 ? ['', 'ein'] : [below100[hundreds] ?? '']) {
      for (const [rest, word] of below100.entries()) {
        const value = hundreds * 100 + rest;
        if (value === 100 && front === '') continue;
        add(`${front}hundert${word}`, value);
        if (rest > 0) add(`${front}hundertund${word}`, value);
      }
    }
  }
  return words;
}

function ordinals(): { [word: string]: number } {
  const below20 =
    'ers zwei drit vier fünf sechs sieb ach neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn';
  const words: { [word: string]: number } = {};
  const add = (stem: string, value: number): void => {
    for (const ending of ['e', 'er', 'en', 'es', 'em']) words[`${stem}${ending}`] = value;
  };
  for (const [index, stem] of below20.split(' ').entries()) add(`${stem}t`, index + 1);
  add('siebent', 7);
  const ones = ['', 'ein', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben', 'acht', 'neun'];
  for (const [index, ten] of ['zwanzig', 'dreißig'].entries()) {
    for (const [one, word] of ones.entries()) {
      const value = (index + 2) * 10 + one;
      if (value <= 31) add(`${word}${one === 0 ? '' : 'und'}${ten}st`, value);
    }
  }
  return words;
}
