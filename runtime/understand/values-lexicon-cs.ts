import type { ValueLexicon } from './values-lexicon.ts';

export const czech: ValueLexicon = {
  numbers: {
    words: numbers(),
    hundred: 'ste, sta, set',
    thousand: 'tisíc, tisíce',
    million: 'milion, miliony, milionů',
    tensTakeUnits: true,
    twenties: '',
    teens: '',
    scores: '',
    and: 'a',
    andAfter: 'hundreds',
    teensOfHundreds: false,
    hundredsApart: false,
    ones: '',
    zeros: '',
    group: '.',
    point: 'celá, celé, celých, čárka',
    minus: 'mínus',
    plus: 'plus',
    amounts: [
      ['jen já, jenom já, jen pro mě, sám, sama', 1],
      ['my dva, jen my dva', 2],
      ['tucet', 12],
      ['jeden a půl, jedna a půl', 1.5],
    ],
    halves: [['a půl', 0.5]],
    multiples: [
      ['dvakrát', 2],
      ['třikrát', 3],
    ],
    ordinals: ordinals(),
    ordinalEndings: '.',
    last: 'poslední',
  },
  dates: {
    days: [
      ['dnes, dneska', 0],
      ['zítra', 1],
      ['pozítří', 2],
      ['včera', -1],
      ['předevčírem', -2],
    ],
    dayParts: [
      ['dnes večer, dneska večer', [0, 'evening']],
      ['dnes ráno', [0, 'morning']],
      ['dnes odpoledne', [0, 'afternoon']],
    ],
    weekdays: [
      'neděle, neděli, nedělní',
      'pondělí, pondělek',
      'úterý, úterka',
      'středa, středu, středy',
      'čtvrtek, čtvrtka',
      'pátek, pátku',
      'sobota, sobotu, soboty',
    ],
    months: [
      'leden, ledna, lednu',
      'únor, února, únoru',
      'březen, března, březnu',
      'duben, dubna, dubnu',
      'květen, května, květnu',
      'červen, června, červnu',
      'červenec, července, červenci',
      'srpen, srpna, srpnu',
      'září',
      'říjen, října, říjnu',
      'listopad, listopadu',
      'prosinec, prosince, prosinci',
    ],
    monthFirst: false,
    of: 'roku',
    dayLead: '',
    this: 'tento, tuto, toto, tuhle, tenhle',
    next: 'příští',
    nextBehind: 'příští týden',
    nextSkips: false,
    nextWeek: 'příští týden, další týden',
    inAWeek: 'za týden',
    weekBefore: '',
    weekend: 'víkend, o víkendu, tento víkend',
    nextMonth: 'příští měsíc',
    named: [
      ['štědrý den, na štědrý den', [12, 24]],
      ['silvestr, silvestra', [12, 31]],
      ['nový rok', [1, 1]],
      ['valentýna, na valentýna', [2, 14]],
    ],
    ahead: 'za',
    aheadBehind: 'ode dneška',
    countedFrom: 'po',
    ago: 'před',
    agoBehind: '',
    idioms: {},
    same: [
      ['stejný den, ten samý den, ve stejný den, tentýž den', 'date'],
      ['stejný čas, ve stejný čas, stejnou dobu, ve stejnou dobu, ve stejnou hodinu, stejnou hodinu', 'time'],
      ['to samé, totéž, stejně, jako předtím', 'any'],
    ],
    shifts: [
      ['den poté, den nato, další den, následující den', 1],
      ['den předtím, předchozí den', -1],
    ],
    later: 'později, poté',
    earlier: 'dříve, dřív, předtím',
  },
  times: {
    at: 'v, ve, na, kolem, okolo, od, do, po, asi v, před',
    hour: 'hodin, hodiny, hodinu, hodině, h',
    minute: 'minut, minuty, minutu',
    before: [
      ['půl', -30],
      ['čtvrt na', -45],
      ['tři čtvrtě na, třičtvrtě na, tři čtvrti na', -15],
    ],
    behind: [],
    and: 'a',
    less: '',
    past: '',
    to: '',
    half: '',
    noon: 'poledne, v poledne',
    midnight: 'půlnoc, o půlnoci, půlnoci',
    parts: [
      ['ráno, dopoledne, snídaně, na snídani, ke snídani', 'morning'],
      ['oběd, na oběd, k obědu', 'midday'],
      ['odpoledne', 'afternoon'],
      ['večer, večeře, na večeři, k večeři', 'evening'],
      ['v noci', 'night'],
    ],
    ordinalHours: true,
  },
  durations: {
    units: [
      ['sekunda, sekundu, sekundy, sekund, vteřin', 'second'],
      ['minuta, minutu, minuty, minut', 'minute'],
      ['hodina, hodinu, hodiny, hodin', 'hour'],
      ['den, dny, dní, dnů, noc, noci, nocí', 'day'],
      ['týden, týdny, týdnů, týdnu', 'week'],
      ['měsíc, měsíce, měsíců', 'month'],
      ['rok, roky, let', 'year'],
    ],
    spans: [
      ['půl hodiny, půlhodinu, půlhodina', 1800],
      ['čtvrt hodiny, čtvrthodinu, čtvrthodina, čtvrt hodinu', 900],
      ['tři čtvrtě hodiny, tři čtvrti hodiny, třičtvrtě hodiny', 2700],
      ['půldruhé hodiny', 5400],
    ],
    and: 'a',
    halves: [['a půl', 0.5]],
    bare: true,
  },
  money: {
    coins: [
      ['koruna, koruny, korun, koruně, korunách, kč', 'crown'],
      ['euro, eura, eur', 'EUR'],
      ['dolar, dolary, dolarů', 'dollar'],
      ['libra, libry, liber', 'GBP'],
      ['zlotý, zlotých', 'PLN'],
    ],
    cents: 'haléř, haléřů, centů, centy, cent',
    and: 'a',
  },
  phrases: {
    leads: 'pro, na, v, ve, od, do, kolem, po, za, s, o, den, ten, tu',
    counts: 'pro, bude nás, je nás, budeme, stůl pro, jsme, přijdeme',
    from: 'od, příjezd, mezi',
    to: 'do, odjezd',
    or: 'nebo',
    things:
      'osob, osoby, osobu, osoba, lidí, lidi, hostů, hosty, hosté, dospělí, dospělých, děti, dětí, míst, místa, pokoje, pokojů, lístky, lístků, nocí, noci, procent',
    ordinalNouns: 'možnost, patro, patře, otázka, třída, jméno, řada, volba',
    none: 'žádné, žádní, žádný, žádného, bez',
    nothing: 'nic, vůbec nic, žádný, žádné, žádná, nikdo',
    says: 'je, má být, má znít, zní',
    topics: [
      ['čas, času, hodina', 'time'],
      ['den, datum', 'day'],
      ['příjezd, přijedeme, přijedu, přijíždíme, začátek', 'arrival'],
      ['odjezd, odjedeme, odjedu, odjíždíme, konec, návrat', 'departure'],
      ['dospělí, dospělých, dospělé', 'adults'],
      ['děti, dětí, dítě', 'children'],
      ['osob, osoby, osobu, osoba, lidí, lidi, hostů, hosté, míst', 'people'],
      ['pokoj, pokoje, pokojů', 'rooms'],
      ['noc, noci, nocí', 'nights'],
    ],
    corrections: [
      [
        'ne, řekl jsem, řekla jsem, říkal jsem, myslel jsem, myslela jsem, změňte to na, špatně, dejme tomu',
        true,
      ],
      ['radši, raději, vlastně, promiňte, pardon, počkejte, spíš, spíše, teda, ale', false],
    ],
    correctionsBehind: 'místo toho, radši, raději',
    negators: 'místo, kromě, nechci',
    answers: 'ne',
    negatorsBehind:
      'ne, nejde, nemůžu, nemohu, se mi nehodí, nehodí se, to nejde, nevyhovuje, je špatně, je pozdě',
    passing: 'v, ve, na, pro, od, do, o, v, den',
    greetings: 'dobrý den, dobré ráno, dobrý večer, dobré odpoledne, dobrou noc',
    light:
      'prosím, ehm, hm, no, tak, takže, ano, jo, ne, děkuji, díky, dobrý, den, dobře, já, my, mi, nám, nás, bych, bychom, chtěl, chtěla, chtěli, chci, chceme, potřebuji, potřebujeme, to, je, jsou, bude, budeme, by, byl, bylo, řekl, řekla, jsem, myslel, myslela, spíš, spíše, radši, raději, vlastně, promiňte, pardon, počkejte, pro, na, v, ve, od, do, kolem, asi, tak, s, a, nebo, osob, osoby, hodin, hodiny, přesně, celkem, dohromady, místo, toho, ok, okay, jasně, ještě, změňte, číslo, ten, tu, ta, se, si, může, možná, můžeme, ale, teda',
  },
  names: {
    sure: 'jmenuji se, jmenuju se, moje jméno je, mé jméno je, na jméno, jméno je, pod jménem',
    perhaps: 'tady, u telefonu, jsem, to je, tady je, zde, na',
    titles: 'pan, paní, slečna, doktor, doktorka, dr, inženýr, ing, profesor',
    particles: 'z, ze, van, von, de',
    never:
      'a, i, nebo, ale, ne, ano, jo, ok, prosím, děkuji, díky, dobrý, den, ehm, no, tak, já, ty, my, vy, on, ona, ono, to, je, jsou, jsem, být, mám, chci, chtěl, chtěla, bych, potřebuji, můžu, mohu, pro, na, v, ve, s, z, do, od, co, kdy, kdo, kde, jak, proč, kolik, který, dnes, zítra, teď, stůl, rezervace, rezervaci, rezervovat, objednat, zrušit, změnit, člověk, někdo, nikdo, nic, něco, všechno, pomoc, zopakovat, správně, špatně, pravda, dva, tři, jedna, večer, ráno, hodina, týden, jméno, problém, otázka, moment, promiňte, pardon, nevím, mluvit, nerozumím, jasně, dobře, večeři, oběd',
    fillers:
      'ehm, hm, no, tak, takže, ano, jo, dobře, ok, okay, dobrý den, prosím, děkuji, je to, to je, jasně, ne',
    hesitations: 'ehm, hm',
    also: '',
    tails: [
      ['u telefonu', 'self'],
      ['z firmy, ze společnosti', 'origin'],
    ],
    given: 'křestní jméno, křestní jméno je, jméno, jméno je',
    family: 'příjmení, příjmení je, moje příjmení je',
    kin: 'manžel, manželka, partner, partnerka, syn, dcera, matka, otec, bratr, sestra, asistent, asistentka, sekretářka, šéf, přítel, přítelkyně, kolega, kolegyně',
    asIn: 'jako',
  },
  phones: {
    own: [
      [
        'toto číslo, tohle číslo, tomto čísle, tomhle čísle, tomuto číslu, číslo ze kterého volám, číslo z kterého volám, číslo z něhož volám, číslo odkud volám, ze kterého volám, z kterého volám, to ze kterého volám, číslo na které voláte, číslo na které jste volali, číslo na které jste mi volali, na které voláte, na které jste volali, číslo které vidíte, číslo které se vám zobrazilo, tento telefon, tuhle linku, tuto linku',
        true,
      ],
      [
        'toto, tohle, stejné číslo, to samé číslo, moje číslo, mé číslo, moje vlastní číslo, mé vlastní číslo',
        false,
      ],
    ],
  },
  mail: {
    at: 'zavináč, at',
    marks: [
      ['tečka, tečku', '.'],
      ['podtržítko', '_'],
      ['pomlčka, mínus', '-'],
      ['plus', '+'],
    ],
    leads:
      'můj e-mail je, můj email je, můj mail je, e-mail je, email je, je to, to je, je, ano, no, ehm, tak, mail, email, adresa, na, moje, můj, ne',
  },
};

function numbers(): { [word: string]: number } {
  const words: { [word: string]: number } = { nula: 0, nul: 0, sto: 100, stem: 100 };
  const forms = [
    'jedna jeden jedno jednu jednoho jedné jednou',
    'dva dvě dvou dvěma',
    'tři tří třem třech',
    'čtyři čtyř čtyřem čtyřech',
    'pět pěti',
    'šest šesti',
    'sedm sedmi',
    'osm osmi',
    'devět devíti',
    'deset deseti',
    'jedenáct jedenácti',
    'dvanáct dvanácti',
    'třináct třinácti',
    'čtrnáct čtrnácti',
    'patnáct patnácti',
    'šestnáct šestnácti',
    'sedmnáct sedmnácti',
    'osmnáct osmnácti',
    'devatenáct devatenácti',
  ];
  for (const [index, list] of forms.entries()) for (const form of list.split(' ')) words[form] = index + 1;
  const tens = ['dvacet', 'třicet', 'čtyřicet', 'padesát', 'šedesát', 'sedmdesát', 'osmdesát', 'devadesát'];
  const fronts = ['jedn', 'dva', 'tři', 'čtyři', 'pět', 'šest', 'sedm', 'osm', 'devět'];
  for (const [index, ten] of tens.entries()) {
    const value = (index + 2) * 10;
    for (const ending of ['', 'i']) {
      words[`${ten}${ending}`] = value;
      for (const [one, front] of fronts.entries()) words[`${front}a${ten}${ending}`] = value + one + 1;
    }
  }
  return words;
}

function ordinals(): { [word: string]: number } {
  const words: { [word: string]: number } = {};
  const soft: { readonly [stem: string]: number } = { prvn: 1, třet: 3 };
  for (const [stem, value] of Object.entries(soft)) {
    for (const ending of ['í', 'ího', 'ím', 'ímu']) words[`${stem}${ending}`] = value;
  }
  const stems =
    'druh:2 čtvrt:4 pát:5 šest:6 sedm:7 osm:8 devát:9 desát:10 jedenáct:11 dvanáct:12 třináct:13 čtrnáct:14 patnáct:15 šestnáct:16 sedmnáct:17 osmnáct:18 devatenáct:19 dvacát:20 třicát:30';
  for (const entry of stems.split(' ')) {
    const [stem, value] = entry.split(':');
    for (const ending of ['ý', 'á', 'é', 'ého', 'ou', 'ém', 'ému']) words[`${stem}${ending}`] = Number(value);
  }
  return words;
}
