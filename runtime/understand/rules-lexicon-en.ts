import { NUMBERS } from './numbers-en.ts';
import type { Lexicon } from './rules-lexicon.ts';

export const english: Lexicon = {
  expand: [
    [/\bcan'?t\b/g, 'can not'],
    [/\bcannot\b/g, 'can not'],
    [/\bwon'?t\b/g, 'will not'],
    [/\bshan'?t\b/g, 'shall not'],
    [/n't\b/g, ' not'],
    [/\b(do|does|did|is|was|would|could|should|have|has)nt\b/g, '$1 not'],
    [/\b(i|you|we|they|he|she|it|that|there|who)'(d)\b/g, '$1 would'],
    [/'ll\b/g, ' will'],
    [/'re\b/g, ' are'],
    [/'ve\b/g, ' have'],
    [/\bi'?m\b/g, 'i am'],
    [/\blet'?s\b/g, 'let us'],
    [/\b(it|that|what|where|when|how|who|there|here|he|she)'?s\b/g, '$1 is'],
    [/'s\b/g, ''],
    [/\bgonna\b/g, 'going to'],
    [/\bwanna\b/g, 'want to'],
    [/\bgotta\b/g, 'have to'],
    [/\bgimme\b/g, 'give me'],
    [/\blemme\b/g, 'let me'],
    [/\bdunno\b/g, 'do not know'],
    [/\b(uh|mm|mhm|um)[- ]?(huh|hum|hmm|hm)\b/g, 'uhhuh'],
    [/\bmhm\b/g, 'uhhuh'],
    [/\bwi[- ]fi\b/g, 'wifi'],
    [/\bo'?clock\b/g, 'oclock'],
    [/\b([ap])\.\s?m\.?(?=\s|$)/g, '$1m'],
  ],
  fillers:
    'please, um, uh, uhm, er, erm, hm, hmm, ah, oh, well, so, thanks, thank you, thank you very much, thanks a lot, hello, hi, hey, good morning, good evening, good afternoon, good day, kindly, actually, basically, you know, i mean, just, maybe, perhaps, sorry, excuse me, if possible, if that is ok, right now, then, anyway, now, like, as well, too, really, unfortunately, i am sorry, my name is, this is my name, i am calling from, i am calling about, hold on, one moment, just a moment, one second, just a second, let me see, you see',
  stop: 'a, an, the, i, me, my, mine, we, us, our, you, your, it, its, he, she, they, them, this, that, these, those, is, are, am, was, were, be, been, being, to, of, for, in, on, at, by, with, from, about, and, or, do, does, did, will, would, could, can, shall, should, may, might, must, there, here, have, has, had, some, any, as, if, let, oclock, pm, am, up, into, over, out, also, very, one, ones, something, than, too, only, even, his, her, hers, their, theirs, own, such, same, each, every, all, both, else, ever, yet, since, until, while, during, between, through, off, down, back, around, cause, whether, though, again, done, got, gets, getting, having, went, gone, goes, came, just, okay, myself, yourself, itself, per, via, under, against, within, lot, lots, bit, kind, sort, stuff, quite, rather, almost, always, often, once, whole',
  light:
    'item, items, product, products, what, when, where, who, why, how, which, want, wants, wanted, need, needs, wish, get, give, go, going, make, take, come, know, tell, ask, talk, speak, say, see, look, looking, think, call, calling, called, time, much, many, more, good, next, today, tonight, tomorrow, evening, morning, afternoon, day, week, thing, things, way, people, put, through, possible, interested, wonder, wondering, free, available, left, still, already, friend, friends, family, please, find, found, keep, use, using, used, let, try, trying, tried, happen, happened, seem, seems, believe, guess, hope, like, month, year, weekend, yesterday, later, soon, ago, able, happy, sure, name, somebody, someone, anybody, anyone',
  negators: 'not, no, never, without, nothing, none, nobody, neither, nor, instead of, rather than',
  denying: 'no, without, nothing, none, neither, nor, instead of, rather than',
  wishes:
    'want, wants, need, needs, wish, like, going, looking, interested, about, calling, here, trying, planning',
  opens: '',
  able: '',
  unable: 'can not, could not, unable to',
  clauses: 'but, because, i, we, you, can, could, please, however, so, just, only',
  articles: 'a, an, the, my, it, that, this',
  yes: 'yes, hell yes, hell yeah, yeah, yep, yup, ya, yea, aye, ok, okay, sure, sure thing, of course, right, correct, exactly, absolutely, definitely, certainly, totally, indeed, precisely, affirmative, fine, alright, all right, perfect, great, good, wonderful, lovely, excellent, cool, gladly, naturally, uhhuh, you bet, by all means, sounds good, sounds great, sounds fine, works for me, that works, that is right, that is correct, that is fine, that is good, that is ok, that is true, that is perfect, that is me, that would be great, that would be good, that would be lovely, that will do, that will work, it is=, i do=, i am=, i will=, i would=, i can=, we do=, we will=, we can=, we are=, that is it=, i think so, i guess so, i guess, i suppose so, i believe so, i hope so, go ahead, please do, do it, do that, let us do it, let us do that, why not, no problem, not a problem, no worries, speaking, this is she, this is he, agreed, i agree, deal, true, you got it, i would love to, i would love that, i would like that, happy to, will do, i will be there, we will be there, i am coming, we are coming, see you then',
  no: 'no, i am good, i am fine, we are good, we are fine, i am all set, we are all set, nope, nah, naw, nay, no way, not really, not at all, not now, not today, not this time, not yet, not quite, never, negative, no thanks, no thank you, i do not, i do not want to, i do not want that, i do not think so, i am afraid not, i would rather not, rather not, preferably not, better not, of course not, certainly not, definitely not, absolutely not, i can not, we can not, i will not, we will not, i am not, we are not, it is not, that is not right, that is not correct, that is not it, that is not true, that is wrong, not right, not correct, not true, incorrect, wrong, false, that does not work, does not work for me, no good, not good, forget it, never mind, nothing, wrong number, no can do, probably not, not a chance, no chance, hell no, heck no, i would not=, we would not=, please do not=, i would prefer not to',
  unsure:
    'i do not know, not sure, i am not sure, i am not certain, maybe, perhaps, possibly, it depends, no idea, i have no idea, hard to say, let me think, i need to think, i do not understand, can not hear, can not understand, do not hear, did not hear, did not catch, did not understand, what do you mean, who is this, who is it, yes hello=, yeah hello=, yes hi=, yeah hi=',
  numbers: { ...NUMBERS, hundred: 100, thousand: 1000 },
  loneNumbers: { oh: 0 },
  keys: 'press, push, hit, dial, type, key, number, option, choice, button, digit, choose, pick, take, select, i will take, i choose, i pick, i would like, i want, the, key number, it is, that is',
  concepts: {
    book: 'book, booking, reserve, reservation, reserving, schedule, scheduling, make a booking, fit me in, squeeze me in, pencil me in, put me down for, free, vacancy, vacancies, room for',
    buy: 'buy, purchase, order, ordering, purchases, bought, get hold of, place an order, looking to buy, sell me, in the market for',
    bye: 'bye, goodbye, bye bye, that is all, that is it, that is everything, that will be all, nothing else, nothing more, no more questions, no other questions, no further questions, i am done, we are done, i am finished, hang up, see you, have a nice day, have a good day, have a nice evening, i have everything, all i needed, all i wanted to know, that will do, that is all i needed, that is all thanks, nothing further, talk to you later, take care, have a good one, have a good evening, have a great day, that covers it, that answers it, that answers my question',
    callback:
      'call back, callback, call me back, ring me back, phone me back, call me later, ring me later, get back to me, return my call, give me a call back, ring back, phone back, call us back, ring us back',
    cancel:
      'cancel, cancellation, canceling, call off, call it off, can not make it, can not come, not coming, not going to make it, will not make it, will not come, terminate, terminating, termination, quit, get rid of, not able to come, unable to come, not be able to come, withdraw, withdrawing, back out, pull out, drop out, scrap, no longer need, no longer want, do not need it any more, do not want it any more, unsubscribe, opt out, discontinue, have to skip, will not be coming, not be coming, not be able to, take me off, not make it, can not be there, do not come, not going, stop, end my, close my, leave, i quit, get out of',
    change:
      'change, changing, move, reschedule, postpone, modify, shift, alter, update, switch, rearrange, rescheduling, push back, bring forward, adjust, amend, swap, different time, different day, another day, other day, switching, updating, correct the, push, later one, earlier one, instead, a later, an earlier, something came up, upgrade, downgrade, different, replace',
    deliver:
      'deliver, delivery, shipping, ship, shipment, package, parcel, dispatch, dispatched, courier, parcels, packages, deliveries, shipments, on its way, track, tracking, did not arrive, has not arrived, not arrived, arrive yet, where is my order, where is my package, when does it arrive',
    food: 'food, menu, dish, dishes, meal, meals, cuisine, serve, specials, to eat, cook, cooking, eat, eating, dinner menu, lunch menu, starters, desserts, drinks, wine list, kitchen, breakfast, brunch',
    help: 'help, support, assistance, assist, helpdesk, technical, guidance, advice, advise, walk me through, a hand with, assisting, do not know how, can not figure out, how do i use',
    hours:
      'open, opening, opening hours, opening times, close, closing, closed, hours, business hours, what time do you, until when, how late, how early, till when, what are your times, closing time, opening time, working hours, office hours, shut, shuts, how long are you, are you there on, when can i come, business day, holiday hours, drop by, are you open, is anyone there, what days, holidays, sunday hours, saturday hours',
    later:
      'call again, call again later, try again, try again later, come again later, will come again, try it again, later, another time, some other time, busy, bad time, not a good time, in a meeting, i am driving, can not talk, not right now, no time',
    pay: 'pay, payment, paying, installments, instalments, credit card, by card, settle, owe, owed, paid, out of pocket, direct debit, bank transfer, overdue payment, late payment, payment plan',
    person:
      'person, human, human being, operator, agent, representative, manager, staff, employee, receptionist, advisor, real person, colleague, the boss, a real one, someone, somebody, anybody i can talk to, anyone i can talk to, anybody to talk to, anyone real, somebody real, anybody real, customer service, customer care, live person, living person, real human, speak to someone, talk to someone, speak with someone, speak to somebody, talk to somebody, supervisor, front desk, member of staff, team member, consultant, clerk, secretary, owner, transfer me, connect me, living soul, put me through, put you through, human please, front office, somebody in charge, whoever is in charge, someone in charge, a person please, real somebody',
    price:
      'price, prices, pricing, cost, costs, how much, charge, fee, rate, rates, expensive, cheap, tariff, quote, estimate, what do you charge, what would it come to, what does it come to, how expensive, price list, how many dollars, how many euros, how many pounds, hourly rate, how much for, set me back, how much do, prices for',
    problem:
      'problem, complaint, complain, broken, issue, trouble, does not work, not working, faulty, damaged, complaining, out of order, stopped working, no longer works, will not work, will not start, will not turn on, defective, malfunction, error, fault, failed, not happy, unhappy, dissatisfied, unacceptable, went wrong, goes wrong, cracked, leaking, problems, issues, complaints, stuck, died, dead, smoke, came loose, fell out, snapped, burst, squeaking, flat battery, will not eat, gone wrong, acting up, not right, ruined',
    repeat:
      'repeat, pardon, pardon me, again, say again, say that again, come again, once again, once more, one more time, what did you say, what was that, did not catch, did not catch that, did not hear, did not hear you, did not get that, could not hear, can not hear, say it again, =what, =huh, =sorry, =excuse me, =eh, =again, say it one more time, tell me again, tell me one more time, missed that, run that by me, speak up, louder, slower, more slowly, did you say, did you just say, i missed that',
    restart:
      'start over, start again, restart, from the beginning, from the start, begin again, back to the start, back to the beginning, start from scratch, main menu, go back, reset, begin from the start, first menu, start afresh, from scratch',
    table: 'table, tables, seat, seats, booth',
    bill: 'bill, bills, billing, invoice, invoices, statement, receipt, receipts, billed, overcharged, charged twice, charged, charge me, overcharge, wrongly charged, mistake on the bill',
    refund:
      'refund, refunds, money back, reimburse, reimbursed, reimbursement, compensation, compensate, my money, credit me, paid back, pay me back, get my money, give me back',
    relocate: 'moving, moved, relocate, relocating, relocation, move house, moving house',
    lose: 'lost, lose, losing, stolen, stole, misplaced, missing, can not find, took my, left behind, lost and found, left my, mislaid, dropped my, forgot, forgotten, forget, left it, left something, i left',
    login:
      'log in, login, log on, sign in, locked out, locked, password, passcode, username, sign on, log into, logging in, signing in, credentials, get into my account',
    return:
      'return, returning, returns, send back, send it back, give back, bring back, exchange, bring it back, bringing back, take it back, sending back, send them back, swap it',
    child:
      'child, children, kid, kids, son, daughter, baby, toddler, infant, little one, little ones, teenager',
    phone: 'phone, telephone, mobile, cell phone, cellphone, smartphone, handset, iphone, cell',
    mail: 'email, e mail, mail',
    money: 'money, cash',
    medicine:
      'medicine, medication, medications, pills, tablets, drugs, prescription, prescriptions, pill, drug, ointment, refill, drops, painkillers, antibiotics, cream, flea treatment, worming',
    doctor: 'doctor, physician, gp, surgeon, specialist',
    car: 'car, vehicle, automobile',
    film: 'film, films, movie, movies',
    appointment:
      'appointment, appointments, meeting, check up, checkup, consultation, slot, slots, session, time slot, slot free, free slot, see the doctor, come in, fit me in',
    contract: 'contract, subscription, membership, subscriptions, memberships, agreement',
    where:
      'where, located, location, directions, direction, how do i get there, how do i get to you, find you, parking, park, which street, your address, the address, nearest, closest, situated, based, get to you, way to you, postcode, zip code, map, find your, far from, distance, car park, park my car, leave my car, garage, airport shuttle, shuttle',
    diet: 'vegetarian, vegan, gluten, gluten free, allergy, allergies, allergic, lactose, intolerant, intolerance, halal, kosher, diet, dietary',
    pet: 'dog, dogs, cat, cats, pet, pets, puppy, animal, animals',
    outside: 'terrace, patio, outside, outdoor, outdoors, garden, balcony, sea view, view',
    internet: 'internet, wifi, broadband, network, connection, router',
    repair: 'repair, repairs, repaired, fix, fixed, fixing, mend, technician, mechanic, engineer',
    register:
      'register, registration, enrol, enroll, enrolment, enrollment, sign up, signing up, join, joining, become a member, new patient, new customer, new member, member, become a customer, apply, application, signing on, sign me up',
    discount:
      'discount, discounts, coupon, coupons, voucher, vouchers, special offer, promotion, cheaper, cheaper rate, student rate, deal',
    urgent:
      'urgent, urgently, emergency, right away, immediately, as soon as possible, asap, broken down, straight away, at once',
    status:
      'status, progress, how far along, checking on, how is it going with, any news, any update, update on, where are you with, news on',
    results: 'results, result, test results, lab results, findings',
    job: 'job, jobs, vacancy, vacancies, work for you, hiring, position, career, careers, apply for',
    ticket: 'ticket, tickets, admission, entry',
    course: 'course, lesson, lessons, class, classes, training, workshop',
    room: 'room, rooms, suite, accommodation, double, single, double room, single room, twin',
    collect:
      'pick up, picking up, picked up, pick it up, pick him up, pick her up, pick them up, collect, collecting, collection, fetch, come and get, come get, come by and get',
    ready: 'ready, finished, done, completed, be done, finish, finishing, all set, through with it',
    wait: 'how long, how much longer, wait, waiting, take long, take so long, when will, be long',
    rent: 'rent, rental, renting, hire, hiring out, borrow, borrowing, lend, loan out',
    extend:
      'extend, extending, extension, renew, renewing, renewal, prolong, keep it longer, longer, another week, more time, extra time',
    pain: 'pain, pains, painful, hurt, hurts, hurting, ache, aches, aching, sore, toothache, headache, stomach ache, backache, killing me',
    sick: 'sick, ill, unwell, fever, not feeling well, do not feel well, throwing up, vomiting, vomit, feverish, nauseous, flu, cough, coughing',
    injured:
      'injured, injury, hurt himself, hurt herself, bleeding, bleed, wound, wounded, cut, limping, limp, broke his, broke her, swollen, swelling, hit by',
    stay: 'stay, staying, night, nights, overnight, sleep, spend the night',
    arrive: 'arrive, arrival, arriving, check in, checking in, get there, reach you',
    vaccinate:
      'vaccination, vaccinations, vaccinate, vaccinated, vaccine, jab, jabs, shot, shots, injection, booster, immunization',
    leisure: 'pool, swimming pool, gym, spa, sauna, fitness room, hot tub, jacuzzi, fitness',
    document:
      'document, documents, paperwork, papers, form, forms, certificate, certificates, proof, confirmation letter, diploma',
    clean: 'clean, cleaning, cleaned, cleaner, wash, washing, dirty',
    insurance: 'insurance, insured, insurer, insurances, coverage, covered, policy',
    fine: 'fines, late fee, late fees, penalty, penalties, overdue, fined, a fine',
    card: 'card, cards',
    account: 'account, accounts',
    send: 'send, sending, sent, mail me, post it, forward it',
    tow: 'tow, tow truck, towed, towing, roadside assistance, breakdown, broken down, broke down, stranded',
    tyre: 'tyre, tyres, tire, tires, flat tyre, flat tire, puncture, punctured, wheel, wheels',
    engine: 'engine, motor, battery, brakes, brake, clutch, gearbox, exhaust, warning light',
    inspect:
      'inspection, inspect, service due, annual service, exam, examination, oil change, maintenance, mot',
    tooth: 'tooth, teeth, molar, wisdom tooth, filling, crown, gum, gums, jaw',
    hair: 'hair, haircut, hairdo, trim, cut my hair, fringe, bangs, blow dry',
    colour: 'colour, color, dye, highlights, tint, blonde',
    used: 'used, second hand, pre owned, secondhand',
    delay: 'late, delay, delayed, running late, be late, delays',
    reading: 'book, books, novel, novels, audiobook, audiobooks, author, title, read',
    stock: 'in stock, have in, carry, on the shelf, in store, stock',
    bike: 'bike, bikes, bicycle, cycle',
    learn: 'learn, learning, study, studying, teach, teaches, teacher',
    exam: 'test, tests, grades, grade, marks, score',
    takeaway: 'takeaway, take away, takeout, take out, to go',
    noise: 'noise, noisy, loud, noises',
    expire: 'expired, expire, expires, runs out, run out, ran out, out of date, due',
    accept: 'accept, do you take, take cards, accepted',
    celebrate: 'birthday, party, celebrate, celebration, wedding, anniversary',
    group: 'group, groups',
    try: 'try out, test ride, test drive, try on',
    travel: 'train, trains, bus, taxi, cab, flight, airplane, hotel',
    dining: 'pizza, restaurant, bread, cake, coffee, burger',
    weather: 'weather, rain, sunny, raining',
    home: 'flat, apartment, washing machine, dishwasher, furniture, sofa, television',
    info: 'information, info, details, brochure, find out, enquiry, inquiry, question about',
    confirm: 'confirm, confirmation, confirming, double check',
    wrong: 'wrong, incorrect, mistake, mistaken, mix up, not what i ordered, not mine',
    high: 'too high, high, higher, too much, went up, gone up, increase, increased, doubled',
    block: 'block, freeze, lock, suspend, put on hold, deactivate, blocked, frozen',
    activate: 'activate, activation, unlock, unblock, enable, switch on',
    install:
      'install, installation, set up, setting up, set it up, connect, hook up, fit, fitting, fitted, mount',
    sell: 'sell, selling, sale, for sale',
    visit: 'visit, visiting, viewing, tour, come and see, guided tour, look around',
    size: 'size, sizes, bigger, smaller, larger, too big, too small, does not fit, tight',
    gift: 'gift, gifts, present, gift card, gift voucher',
    event: 'concert, concerts, show, performance, play, musical, exhibition, event, events, gig',
    plumbing:
      'pipe, pipes, tap, faucet, toilet, drain, sink, plumber, plumbing, clogged, bathroom leak, shower',
    heating: 'heating, boiler, radiator, radiators, furnace, hot water, heater, thermostat',
    key: 'key, keys, lock, locksmith, locked myself out',
    accident: 'accident, crash, damage, damages, claim, claims, collision, dented, dent',
    loan: 'loan, loans, mortgage, credit, financing, finance',
    balance: 'balance, how much money, how much is left, funds',
    transfer: 'transfer, wire, money transfer, wire transfer, transfer money',
    fraud: 'fraud, scam, suspicious, unauthorized, did not make, hacked, phishing',
    absent: 'absent, absence, stay home, call in sick, miss class, miss school, out sick',
    beauty: 'nails, manicure, pedicure, massage, facial, makeup, waxing, eyebrows, lashes',
    glasses: 'glasses, lenses, contact lenses, eye test, eyesight, frames, spectacles, optician',
    computer: 'computer, laptop, printer, screen, software, pc, tablet, app, website, hard drive',
    warranty: 'warranty, guarantee, under warranty',
    part: 'part, parts, spare part, spare parts, replacement',
    flowers: 'flowers, flower, bouquet, roses, wreath, plant, plants, florist',
    accessible: 'wheelchair, accessible, disabled, lift, elevator, step free, barrier free',
    language: 'english, spanish, german, french, interpreter, language',
    water: 'water, flooded, flood, leak, leaks, drip, dripping',
    donate: 'donate, donation, donations',
    driving:
      'driving lesson, driving lessons, driving licence, driver license, theory test, driving school, licence',
  },
  telling:
    'caller, user, customer, guest, asks, ask, asking, wants, want, wanting, says, say, said, would, like, needs, need, is, has, about, for, to, the, a, an, or, and, of, wishes, wish, any, other, something, else, anything, talk, speak, gives, names, tells, calls, knows, know, they, their, he, she, them, him, her, his, some, with, on, in, that, it, be, are, do, does, get, make, what',
  agrees:
    'yes, agrees, accepts, confirms, approves, affirms, says yes, is right, is correct, will come, is coming',
  refuses:
    'no, refuses, declines, rejects, denies, disagrees, says no, does not want, is wrong, does not agree, will not come, is not coming, cannot come',
  stem(word) {
    const latin = word.replace(/(?<=....)(?:ations?|at(?:ed|es?|ing))$/, '');
    if (latin !== word) return latin;
    let stem = word;
    if (stem.length > 4 && stem.endsWith('ies')) stem = `${stem.slice(0, -3)}y`;
    else if (stem.length > 4 && /(?:s|x|ch|sh)es$/.test(stem)) stem = stem.slice(0, -2);
    else if (stem.length > 3 && /[^su]s$/.test(stem)) stem = stem.slice(0, -1);
    if (stem.length > 5 && stem.endsWith('ing')) stem = stem.slice(0, -3);
    else if (stem.length > 4 && stem.endsWith('ed')) stem = stem.slice(0, -2);
    if (stem !== word && /([^aeiouls])\1$/.test(stem)) stem = stem.slice(0, -1);
    return stem.length > 3 && stem.endsWith('e') ? stem.slice(0, -1) : stem;
  },
};
