import type { Lexicon } from './rules-lexicon.ts';

export const czech: Lexicon = {
  expand: [
    [/\b(chtěl|chtěla)[ -]bych\b/g, 'chtěl bych'],
    [/\b(chtěli|chtěly) bychom\b/g, 'chtěli bychom'],
  ],
  fillers:
    'prosím, prosím vás, ehm, hm, hmm, no, tak, takže, vlastně, teda, děkuji, děkuju, díky, dobrý den, dobré ráno, dobrý večer, ahoj, zdravím, haló, čau, jenom, jen, možná, promiňte, pardon, asi, teď, ještě, taky, také, prostě, moc, vám, prosil bych, prosila bych',
  stop: 'já, mě, mi, mně, můj, moje, my, nás, nám, náš, vy, vás, vaše, váš, ty, tě, ti, on, ona, ono, oni, ten, ta, to, ty, toho, tom, tu, je, jsou, jsem, jsme, jste, být, by, bych, bychom, byste, si, se, na, do, z, ze, v, ve, k, ke, u, o, pro, po, od, s, se, za, a, i, nebo, či, že, kdyby, jestli, budu, bude, budeme, mohu, můžu, můžete, můžeme, mohl, mohla, mohli, lze, dá, něco, nějaký, nějakou, nějaké, hodin, hodinu, hodiny, tam, tady',
  light:
    'co, kdy, kde, kdo, proč, jak, jaký, jaká, jaké, který, která, které, chci, chceme, chtěl, chtěla, chtěli, rád, ráda, rádi, potřebuji, potřebuju, potřebujeme, přeji, přál, mám, máte, máme, dát, jít, udělat, vzít, přijít, vědět, říct, řekněte, zeptat, mluvit, vidět, volám, zavolat, čas, hodně, víc, dobře, dnes, dneska, zítra, večer, ráno, odpoledne, den, týden, lidí, lidi, osob, osoby, přátelé, rodina, zajímá, dotaz, mít',
  negators:
    'ne, není, nejsem, nechci, nechceme, nechtěl, nechtěla, nepotřebuji, nepotřebuju, nemám, nikdy, bez, nic, žádný, žádnou, žádné, žádná, místo',
  unable: 'nemůžu, nemohu, nemůžeme, nedaří',
  clauses: 'ale, protože, nýbrž, chci, chceme, chtěl, můžu, můžete',
  articles: '',
  yes: 'ano, jo, jojo, jasně, jasné, samozřejmě, určitě, ovšem, přesně, přesně tak, správně, to je správně, je to tak, tak, souhlasí, to souhlasí, souhlasím, dobře, dobrá, v pořádku, ok, okej, platí, fajn, super, výborně, skvěle, rád, ráda, rádi, rozhodně, jistě, bezpochyby, beru, proč ne, není problém, žádný problém, bez problému, to sedí, sedí, vyhovuje, to mi vyhovuje, hodí se, to se mi hodí, přijdu, přijdeme, to jsem já, u telefonu, myslím že ano, hm, mhm, ano prosím, bude',
  no: 'ne, né, nene, nikoli, nikoliv, ne děkuji, ne díky, vůbec ne, určitě ne, rozhodně ne, v žádném případě, ani náhodou, nikdy, raději ne, radši ne, teď ne, dnes ne, špatně, to je špatně, nesouhlasí, to nesouhlasí, nesouhlasím, to nesedí, nesedí, nehodí se, to se nehodí, nevyhovuje, nechci, nemohu, nemůžu, nemůžeme, nepřijdu, nepřijdeme, myslím že ne, to není pravda, není to tak, to není ono, nemám zájem, bohužel, bohužel ne',
  unsure:
    'nevím, to nevím, nejsem si jistý, nejsem si jistá, možná, asi, uvidíme, záleží, netuším, nemám tušení, nerozumím, nerozuměl jsem, neslyším, neslyším vás, kdo volá, kdo je to',
  numbers: {
    nula: 0,
    jedna: 1,
    jeden: 1,
    jednu: 1,
    jednoho: 1,
    dva: 2,
    dvě: 2,
    dvou: 2,
    tři: 3,
    tří: 3,
    čtyři: 4,
    čtyř: 4,
    pět: 5,
    pěti: 5,
    šest: 6,
    šesti: 6,
    sedm: 7,
    sedmi: 7,
    osm: 8,
    osmi: 8,
    devět: 9,
    devíti: 9,
    deset: 10,
    deseti: 10,
    jedenáct: 11,
    dvanáct: 12,
    třináct: 13,
    čtrnáct: 14,
    patnáct: 15,
    šestnáct: 16,
    sedmnáct: 17,
    osmnáct: 18,
    devatenáct: 19,
    dvacet: 20,
    třicet: 30,
    čtyřicet: 40,
    padesát: 50,
    šedesát: 60,
    sedmdesát: 70,
    osmdesát: 80,
    devadesát: 90,
  },
  loneNumbers: {},
  keys: 'stiskněte, stisknu, zmáčkněte, zmáčknu, klávesa, tlačítko, číslo, volba, možnost, volím, vyberu, vezmu, je to, to je',
  concepts: {
    book: 'rezervovat, rezervaci, rezervace, rezervuji, zarezervovat, objednat stůl, zamluvit',
    buy: 'koupit, nákup, objednat, objednávka, objednávku',
    bye: 'na shledanou, nashledanou, sbohem, mějte se, to je vše, to je všechno, to je vše děkuji, nic dalšího, nic víc, už nic, žádné další otázky, zavěsit, mějte se hezky',
    callback: 'zavolejte mi, zavolat zpět, zavolejte zpátky, zpětné volání',
    cancel:
      'zrušit, zrušení, zruším, storno, stornovat, odvolat, odhlásit, nemůžeme přijít, nemohu přijít, nemůžu přijít',
    change: 'změnit, změna, změnu, přesunout, posunout, přeložit, přeobjednat, upravit',
    deliver: 'doručení, doručit, doprava, dodání, zásilka, zásilku, balík, rozvoz',
    food: 'jídelní lístek, jídelním lístku, jídelního lístku, lístku, jídelníček, jídlo, jídla, menu, nabídka, kuchyně, vaříte, jíst, lístek, obědy',
    help: 'pomoc, pomoct, pomoci, pomůžete, podpora, podporu',
    hours:
      'otevřeno, otevíráte, otevírací doba, otevírací dobu, otevírací, zavíráte, zavřeno, hodiny máte, do kdy, od kdy, do kolika, od kolika, kdy máte, otevření',
    later: 'později, jindy, jindy zavolám, nemám čas',
    pay: 'zaplatit, platba, platit, účet, faktura, fakturu',
    person:
      'člověk, člověka, člověkem, operátor, operátora, operátorem, operátorka, někdo, někoho, někým, zaměstnanec, vedoucí, vedoucího, vedoucím, živý, živým člověkem, obsluha, obsluhu, kolega, kolegu, recepce, manažer, spojovatelka',
    price: 'cena, ceny, cenu, kolik to stojí, kolik stojí, kolik, stojí, ceník, drahé, levné, poplatek',
    problem: 'problém, stížnost, stěžovat, reklamace, reklamovat, rozbité, nefunguje, porucha, závada',
    repeat:
      'zopakovat, zopakujte, opakovat, opakujte, ještě jednou, znovu, jak prosím, cože, co jste říkal, co jste říkala, nerozuměl jsem, nerozuměla jsem, neslyšel jsem, neslyšela jsem, řekněte to znovu, =prosím, =co, =pardon, =jak',
    restart: 'od začátku, začít znovu, začít od začátku, zpět na začátek, hlavní nabídka, od znova, odznova',
    table: 'stůl, stolu, stolek, stoly, místo, místa',
    where:
      'kde, adresa, adresu, adrese, sídlíte, kudy, jak se k vám, parkování, parkoviště, zaparkovat, ulice',
  },
  telling:
    'volající, zákazník, host, chce, ptá, se, na, říká, řekne, si, přeje, o, a, nebo, s, k, někým, něco, jiného, mluvit, vědět, má, je, žádá, potřebuje, ohledně',
  agrees: 'ano, souhlasí, potvrzuje, potvrdí, přijímá, říká ano, přijde',
  refuses: 'ne, odmítá, odmítne, nesouhlasí, říká ne, nechce, nepřijde',
  stem: (word) =>
    word.length > 4
      ? word.replace(/(?:ovat|ani|eni|ich|ami|emi|ych|eho|emu|ou|em|um|ech|at|it|et|a|e|i|o|u|y)$/, '')
      : word,
};
