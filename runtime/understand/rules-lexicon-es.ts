import { NUMBERS } from './numbers-es.ts';
import type { Lexicon } from './rules-lexicon.ts';

export const spanish: Lexicon = {
  expand: [
    [/\bpa'?\b(?=\s)/g, 'para'],
    [/\bdel\b/g, 'de el'],
    [/\bal\b/g, 'a el'],
  ],
  fillers:
    'por favor, eh, este, pues, bueno, a ver, mmm, hm, gracias, muchas gracias, hola, buenos días, buenas tardes, buenas noches, buenas, disculpe, perdone, oiga, mire, entonces, quizás, ahora, también, solo, oye, me llamo, mi nombre es, un momento, un momentito, un segundo, déjeme ver, llamo desde',
  stop: 'yo, me, mi, mis, nosotros, nos, nuestro, usted, ustedes, su, sus, tu, te, se, le, lo, la, el, los, las, un, una, unos, unas, es, son, soy, está, están, ser, estar, a, de, en, para, por, con, sin embargo, sobre, y, o, que, si, hay, he, ha, ser, sería, podría, puedo, puede, pueden, podemos, algo, al, del, como, muy, hora, horas, ese, esa, eso, esos, esas, esto, esta, este, estos, estas, aquel, otro, otra, otros, otras, todo, toda, todos, todas, cada, ya, aún, todavía, siempre, tan, tanto, desde, hasta, entre, hacia, según, durante, antes, después, ahí, aquí, allí, allá, sino, porque, aunque, mientras, cuando, donde, quien, nuestra, nuestros, nuestras, tengo, tengo que, tenemos, tener, tenía, hemos, han, has, había, estoy, estamos, estaba, era, fue, fui, fueron, va, vamos, van, poder, podrían, podré, pudo, debe, debo, les, ellos, ellas, él, ella, tú, mí, conmigo, mucha, muchos, muchas, mismo, misma, sólo, además, casi, acaso, pues',
  light:
    'qué, cuándo, dónde, quién, por qué, cómo, cuál, cuáles, quiero, queremos, quisiera, quisiéramos, quería, necesito, necesitamos, me gustaría, nos gustaría, gustaría, dar, deme, ir, hacer, tomar, venir, saber, decir, dígame, preguntar, hablar, ver, llamo, llamar, tiempo, mucho, más, bien, hoy, mañana, noche, tarde, día, semana, gente, personas, tiene, tienen, quedar, amigos, familia, deseo, hacen, hace, hago, haga, hagan, hizo, hicieron, hecho, creo, sabe, saben, sé, digo, dice, dijo, darme, dan, dieron, pueden, quedan, queda, buscar, busco, encontrar, ayer, lunes, martes, miércoles, jueves, viernes, sábado, domingo, mes, meses, año, años, fin, ahorita, pronto, último, próximo, próxima, bastante, pasa, pasó, pasar, alguien, llevo, llevar, cuánto, cuánta, cuántos, cuántas',
  negators: 'no, nunca, jamás, sin, nada, ningún, ninguna, ninguno, tampoco, en vez de, en lugar de',
  denying: 'ningún, ninguna, ninguno, sin, nada, en vez de, en lugar de',
  wishes: 'quiero, queremos, quisiera, necesito, necesitamos, gustaría, deseo, voy, por, llamo, ver',
  opens: '',
  able: '',
  unable: 'no puedo, no podemos, no consigo, no logro',
  clauses: 'pero, sino, porque, yo, nosotros',
  articles: 'un, una, el, la, los, las, mi',
  yes: 'sí, si, claro, claro que sí, por supuesto, desde luego, vale, ok, okey, okay, de acuerdo, correcto, exacto, exactamente, así es, eso es, es correcto, está bien, perfecto, muy bien, bien, bueno, genial, estupendo, cierto, es cierto, seguro, cómo no, con gusto, encantado, encantada, sin problema, no hay problema, por qué no, adelante, hágalo, ajá, afirmativo, soy yo, al habla, me parece bien, creo que sí, sí por favor, iré, iremos, ahí estaré, ahí estaremos, voy',
  no: 'no, no gracias, para nada, de ninguna manera, de ningún modo, en absoluto, claro que no, por supuesto que no, nunca, jamás, mejor no, prefiero no, todavía no, ahora no, hoy no, no quiero, no puedo, no podemos, no es correcto, no es así, incorrecto, está mal, eso no, negativo, creo que no, falso, no está bien, no me interesa, no iré, no iremos, no voy',
  unsure:
    'no sé, no lo sé, no estoy seguro, no estoy segura, quizás, quizá, tal vez, a lo mejor, depende, ni idea, no tengo idea, no entiendo, no le oigo, no oigo, quién es, quién habla',
  numbers: { ...NUMBERS, mil: 1000 },
  loneNumbers: { un: 1, una: 1 },
  keys: 'pulse, pulso, marque, marco, presione, oprima, tecla, número, opción, elijo, escojo, el, la, es el',
  concepts: {
    book: 'reservar, reserva, reservación, reservo, apartar',
    buy: 'comprar, compra, pedir, pedido, encargar',
    bye: 'adiós, hasta luego, hasta la vista, chao, eso es todo, nada más, es todo, ya está, no tengo más preguntas, ninguna pregunta más, colgar, ya terminé',
    callback: 'llámeme, devolver la llamada, llamarme más tarde, me llame, devuélvame la llamada',
    cancel:
      'cancelar, cancelación, anular, anulación, cancelo, no puedo ir, no podemos ir, no puedo venir, darme de baja, dar de baja, de baja, denme de baja, terminar el contrato, no podré ir, no podré venir, no podremos ir, no voy a poder ir',
    change: 'cambiar, cambio, mover, modificar, aplazar, posponer, reprogramar',
    deliver: 'entrega, envío, entregar, enviar, paquete, reparto, domicilio',
    food: 'menú, carta, comida, comer, platos, plato, cocina, especialidades, sirven',
    help: 'ayuda, ayudar, ayudarme, soporte, asistencia',
    hours:
      'abierto, abierta, abren, abrir, horario, horarios, cierran, cerrar, cerrado, a qué hora, hasta qué hora, hasta cuándo',
    later: 'más tarde, luego, otro momento, en otro momento, ocupado, ocupada',
    pay: 'pagar, pago',
    person:
      'persona, humano, operador, operadora, agente, encargado, gerente, representante, empleado, ser humano, recepcionista, asesor, con alguien, hablar con alguien',
    price:
      'precio, precios, costo, coste, cuesta, cuestan, cuánto cuesta, cuánto vale, vale cuánto, caro, barato, tarifa, cuánto es, cuánto sale, cuánto cobran',
    problem: 'problema, queja, quejarme, reclamación, reclamar, roto, avería, no funciona, averiado',
    repeat:
      'repetir, repita, repite, repítalo, otra vez, de nuevo, cómo dice, qué ha dicho, qué dijo, no le he oído, no he oído, no entendí, =perdón, =qué, =cómo, =mande, =disculpe',
    restart:
      'empezar de nuevo, volver a empezar, desde el principio, volver al inicio, reiniciar, menú principal, comenzar de nuevo',
    table: 'mesa, mesas, sitio',
    bill: 'factura, facturas, recibo, recibos',
    refund: 'reembolso, reembolsar, devuelvan el dinero, devolución de el dinero, mi dinero',
    relocate: 'mudarme, mudo, mudé, mudamos, mudanza, mudar',
    lose: 'perdí, perdido, perdida, perdieron, perder, extravié, extraviado, extraviaron, olvidé, olvidó, olvidado, robaron, robado',
    child: 'niño, niña, niños, hijo, hija, hijos, bebé',
    phone: 'teléfono, celular, móvil',
    mail: 'correo, email, e mail',
    money: 'dinero, efectivo',
    medicine: 'medicina, medicinas, medicamento, medicamentos, pastillas',
    doctor: 'doctor, doctora, médico, médica',
    car: 'coche, carro, auto, vehículo',
    film: 'película, películas',
    appointment: 'cita, citas',
    contract: 'contrato, suscripción, membresía, abono',
    where:
      'dónde, ubicación, ubicados, cómo llego, cómo llegar, aparcamiento, estacionamiento, calle, su dirección, la dirección',
  },
  telling:
    'cliente, quien, llama, pregunta, preguntas, quiere, dice, por, el, la, los, las, un, una, que, de, con, sobre, o, y, pide, algo, otra, cosa, desea, hablar, saber, persona que llama, tiene',
  agrees: 'sí, acepta, confirma, está de acuerdo, dice que sí, asiente, vendrá',
  refuses: 'no, rechaza, niega, dice que no, no acepta, no quiere, no vendrá',
  stem: (word) => {
    // "inscribirme", "repitalo": the pronoun is not part of the word.
    const verb =
      word.length > 6
        ? word.replace(/(?<=[aei]r|ndo|[aei]n|[ae])(?:me|te|se|nos|lo|la|le|los|las|les)$/, '')
        : word;
    return verb.length > 4
      ? verb.replace(
          /(?:aciones|acion|iones|ion|ando|iendo|ado|ada|ido|ida|es|as|os|ar|er|ir|en|an|a|o|e|s)$/,
          '',
        )
      : verb;
  },
};
