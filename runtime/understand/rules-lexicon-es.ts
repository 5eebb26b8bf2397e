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
  yes: 'sí, si, claro, claro que sí, por supuesto, desde luego, vale, ok, okey, okay, de acuerdo, correcto, exacto, exactamente, así es, eso es, es correcto, está bien, perfecto, muy bien, bien, bueno, genial, estupendo, cierto, es cierto, seguro, cómo no, con gusto, encantado, encantada, sin problema, no hay problema, por qué no, adelante, hágalo, ajá, afirmativo, soy yo, al habla, me parece bien, creo que sí, sí por favor, iré, iremos, ahí estaré, ahí estaremos, voy, sí sí, sí claro, sí por supuesto, sí señor, sí señora, sí gracias, que sí, pues sí, eso, eso mismo, tal cual, efectivamente, en efecto, afirmo, confirmo, confirmado, lo confirmo, conforme, hecho, listo, trato hecho, dale, órale, ándale, sale, va, venga, excelente, fantástico, fenomenal, maravilloso, magnífico, me va bien, me viene bien, nos viene bien, me conviene, suena bien, está perfecto, es perfecto, es así, lo es, lo soy, es verdad, verdad, está correcto, sin duda, sin dudarlo, con mucho gusto, desde ya, me encantaría, nos encantaría, me gustaría sí, supongo que sí, me parece que sí, espero que sí, yo mismo, yo misma, el mismo, la misma, acepto, lo acepto, aceptamos, quiero sí, allí estaré, allí estaremos, asistiré, vendré, vendremos',
  no: 'no, no gracias, para nada, de ninguna manera, de ningún modo, en absoluto, claro que no, por supuesto que no, nunca, jamás, mejor no, prefiero no, todavía no, ahora no, hoy no, no quiero, no puedo, no podemos, no es correcto, no es así, incorrecto, está mal, eso no, negativo, creo que no, falso, no está bien, no me interesa, no iré, no iremos, no voy, no no, que no, pues no, no señor, no señora, no señorita, qué va, ni hablar, ni pensarlo, ni loco, ni loca, ni modo, nada de eso, de eso nada, ni mucho menos, por nada del mundo, en ningún caso, bajo ningún concepto, nop, nel, no todavía, aún no, no de momento, de momento no, por ahora no, por el momento no, en este momento no, esta vez no, otro día no, no hace falta, no es necesario, no lo es, no es cierto, no es verdad, eso no es cierto, eso no es verdad, no es eso, no es así no, está equivocado, equivocado, error, no es exacto, no exactamente, no del todo, no de el todo, no mucho, no realmente, la verdad que no, la verdad es que no, realmente no, no lo creo, no creo, me temo que no, seguro que no, desde luego que no, por supuesto no, definitivamente no, absolutamente no, probablemente no, seguramente no, lo siento no, no lo quiero, no lo necesito, no necesito, no lo necesitamos, no deseo, no queremos, no nos interesa, no estoy interesado, no estoy interesada, no tengo interés, no me gustaría, no me apetece, no me viene bien, no nos viene bien, no me va bien, no me conviene, no me sirve, no puede ser, imposible, no es posible, no voy a poder, no podré, no podremos, no vamos, no vendré, no vendremos, no asistiré, no lo haré, no lo soy, no soy yo, no soy, no estoy de acuerdo, no acepto, rechazo, lo rechazo, déjelo, déjalo, olvídelo, olvídalo, mejor que no, preferiría no, preferiría que no, preferimos no, número equivocado, se ha equivocado, se equivocó, mal, nones, nada, nada gracias, tampoco',
  unsure:
    'no sé, no lo sé, no estoy seguro, no estoy segura, quizás, quizá, tal vez, a lo mejor, depende, ni idea, no tengo idea, no entiendo, no le oigo, no oigo, quién es, quién habla, no estoy seguro de eso, no lo tengo claro, no sabría decirle, no sabría decir, déjeme pensarlo, déjeme pensar, tengo que pensarlo, lo tengo que pensar, puede ser, puede, es posible, según, no le entiendo, no le escucho, no se oye, cómo dice, qué quiere decir, quién es usted, con quién hablo, ni sí ni no',
  numbers: { ...NUMBERS, mil: 1000 },
  loneNumbers: { un: 1, una: 1 },
  keys: 'pulse, pulso, marque, marco, presione, oprima, tecla, número, opción, elijo, escojo, el, la, es el',
  concepts: {
    book: 'reservar, reserva, reservación, reservo, apartar, reservas, reservado, agendar, agende, programar, concertar, pedir hora, pedir cita, hacer una reserva, apuntarme para, libres, hay lugar, lugar para, queda algo, disponibilidad para, apúntame, hueco para',
    buy: 'comprar, compra, pedir, pedido, encargar, compro, adquirir, encargo, ordenar, pedidos, llevarme, interesa comprar',
    bye: 'adiós, hasta luego, hasta la vista, chao, eso es todo, nada más, es todo, ya está, no tengo más preguntas, ninguna pregunta más, colgar, ya terminé, eso sería todo, con eso basta, ya tengo todo, no necesito nada más, hasta pronto, hasta mañana, que tenga buen día, buen día, feliz tarde, gracias adiós, me despido, nos vemos',
    callback:
      'llámeme, devolver la llamada, llamarme más tarde, me llame, devuélvame la llamada, devolverme la llamada, que me llamen, que me devuelvan la llamada, vuelva a llamarme, vuelvan a llamarme, me devuelva la llamada, llámenme',
    cancel:
      'cancelar, cancelación, anular, anulación, cancelo, no puedo ir, no podemos ir, no puedo venir, darme de baja, dar de baja, de baja, denme de baja, terminar el contrato, no podré ir, no podré venir, no podremos ir, no voy a poder ir, cancele, cancelen, cancelado, anule, anulen, anulo, quitar, eliminar, suspender, rescindir, borrar, desistir, ya no voy, ya no vamos, ya no podré, no iremos, no asistiré, no asistiremos, ya no quiero, ya no necesito, darme baja, no me es posible ir, no podremos asistir, no puedo asistir, deshacer, ya no vamos a ir, no voy a ir, no vamos a ir, no podremos llegar, bórrame, borrarme, anúleme, no iré, no podemos llegar, imprevisto, dejar el, dejar de, salirme, terminar con, cerrar mi',
    change:
      'cambiar, cambio, mover, modificar, aplazar, posponer, reprogramar, cambiarlo, cambie, modifique, mover la, retrasar, adelantar, correr la, otra hora, otro día, otra fecha, actualizar, corregir, trasladar, pasarlo a, pasarla a, reagendar, equivoqué de día, en vez de, correr, pasarme a, pasarlo, otro grupo, mover mi, otro plan, cambiarme, reemplazar, sustituir',
    deliver:
      'entrega, envío, entregar, enviar, paquete, reparto, domicilio, llegar mi, repartidor, mensajero, mensajería, paquetería, enviado, entregado, entregan, seguimiento, rastrear, rastreo, en camino, pedido llega, no ha llegado, no me ha llegado, no llegó, no llega, cuándo llega mi, no me llegó',
    food: 'menú, carta, comida, comer, platos, plato, cocina, especialidades, sirven, comidas, menús, cena, almuerzo, desayuno, bebidas, postres, platillos, sirve, tapas, qué dan de comer, desayunar, cenar, almorzar, plato de el día, paella, media pensión',
    help: 'ayuda, ayudar, ayudarme, soporte, asistencia, ayúdeme, ayúdenme, échame una mano, apoyo, asesoría, orientación, asesorar, auxilio, no sé cómo, no sé usar',
    hours:
      'abierto, abierta, abren, abrir, horario, horarios, cierran, cerrar, cerrado, a qué hora, hasta qué hora, hasta cuándo, abre, cierra, apertura, cierre, horas de atención, horario de atención, desde qué hora, cuándo abren, cuándo cierran, atienden, festivos, están abiertos, abiertos, abiertas, estáis, están el, agosto, abrís, cerráis, atendéis, pasar por ahí',
    later:
      'más tarde, luego, otro momento, en otro momento, ocupado, ocupada, en otra ocasión, ahora no puedo hablar, estoy ocupado, estoy ocupada, estoy conduciendo, manejando, en una reunión, mal momento, no tengo tiempo',
    pay: 'pagar, pago, cuotas, plazos, a plazos, tarjeta de crédito, abonar, abono de, mensualidad, pagos, debo, domiciliación, domiciliar, aplazar el pago',
    person:
      'persona, humano, operador, operadora, agente, encargado, gerente, representante, empleado, ser humano, recepcionista, asesor, con alguien, hablar con alguien, alguien de verdad, persona real, una persona de verdad, atención a el cliente, atención a el público, servicio a el cliente, jefe, jefa, supervisor, supervisora, dueño, dueña, compañero, recepción, secretaria, ejecutivo, páseme, páseme con, comuníqueme, comuníqueme con, póngame con, transfiérame, trabajador, asesora, director, atienda una persona, hablar con, me pone con, me comunica con, de carne y hueso, comunicarme con',
    price:
      'precio, precios, costo, coste, cuesta, cuestan, cuánto cuesta, cuánto vale, vale cuánto, caro, barato, tarifa, cuánto es, cuánto sale, cuánto cobran, precio de, cuánto es el, presupuesto, cotización, cuánto me cobran, cuánto costaría, económico, por cuánto, cuánto sería, tarifas, importe, qué precio, cobran, cobrarían, cuánto me sale, cuánto saldría, valor de, vale la, a cómo, a cuánto, cuánto',
    problem:
      'problema, queja, quejarme, reclamación, reclamar, roto, avería, no funciona, averiado, problemas, quejas, avería de, estropeado, estropeada, dañado, dañada, rota, descompuesto, falla, fallo, fallando, error, no sirve, no arranca, no enciende, no anda, dejó de funcionar, ha dejado de funcionar, descontento, insatisfecho, molesto, inconveniente, mal servicio, gotea, fuga, muerta, muerto, echa humo, humo, chirrían, tirado, se ha roto, se rompió, reventado, reventada, desgastado, gastadas, atascado, se paró',
    repeat:
      'repetir, repita, repite, repítalo, otra vez, de nuevo, cómo dice, qué ha dicho, qué dijo, no le he oído, no he oído, no entendí, =perdón, =qué, =cómo, =mande, =disculpe, me lo repite, puede repetir, vuelva a decir, dígalo otra vez, una vez más, qué fue eso, más despacio, más alto, hable más fuerte, no le entendí, no le escuché, no escuché, cómo ha dicho, entendí bien, escuché bien, oí bien, me lo dice',
    restart:
      'empezar de nuevo, volver a empezar, desde el principio, volver al inicio, reiniciar, menú principal, comenzar de nuevo, de cero, a el inicio, a el principio, otra vez desde el principio, reinicie, menú inicial',
    table: 'mesa, mesas, sitio',
    bill: 'factura, facturas, recibo, recibos, cobro, cobraron, me cobraron, ticket de compra, comprobante, cargo, cargos, facturar, factura de, cobrado, me han cobrado',
    refund:
      'reembolso, reembolsar, devuelvan el dinero, devolución de el dinero, mi dinero, devolución, me devuelvan, reintegro, reintegrar, reembolsen, compensación, indemnización, que me devuelvan, me regresen, regresar el dinero',
    relocate:
      'mudarme, mudo, mudé, mudamos, mudanza, mudar, cambio de domicilio, cambié de casa, cambio de casa, cambiado de casa, nuevo domicilio, trasladado',
    lose: 'perdí, perdido, perdida, perdieron, perder, extravié, extraviado, extraviaron, olvidé, olvidó, olvidado, robaron, robado, he perdido, se me perdió, me robaron, hurto, hurtaron, dejé olvidado, dejado, objetos perdidos, extraviar, no encuentro, olvidar, me dejé, se me quedó, se me olvidó, encontraron, encontrado',
    child: 'niño, niña, niños, hijo, hija, hijos, bebé, bebés, niñas, pequeño, pequeños, chiquitos, crío',
    phone: 'teléfono, celular, móvil, telefonía, aparato, iphone, teléfonos',
    mail: 'correo, email, e mail',
    money: 'dinero, efectivo',
    medicine:
      'medicina, medicinas, medicamento, medicamentos, pastillas, receta, recetas, pastilla, fármaco, tratamiento, jarabe, pomada, gotas, antibiótico, crema, analgésico',
    doctor: 'doctor, doctora, médico, médica, doctores, dentista, especialista, pediatra',
    car: 'coche, carro, auto, vehículo',
    film: 'película, películas',
    appointment: 'cita, citas, revisión, turno, visita médica, hora con, hueco, hora para, hora libre',
    contract: 'contrato, suscripción, membresía, abono, contratos, permanencia, suscripciones',
    where:
      'dónde, ubicación, ubicados, cómo llego, cómo llegar, aparcamiento, estacionamiento, calle, su dirección, la dirección, dónde están, dónde se encuentran, cómo ir, cómo se llega, cómo puedo llegar, domicilio de ustedes, mapa, cerca, más cercana, más cercano, sucursal, código postal, lejos, estacionar, dejar el carro, dejar el coche, aparcar, parqueo, parqueadero, garaje, aeropuerto',
    login:
      'contraseña, clave, usuario, iniciar sesión, entrar en mi cuenta, acceder, acceso, bloqueada, bloqueado, ingresar',
    return: 'devolver, devuelvo, devolverlo, regresar el producto, cambiarlo por otro, retornar, cambio por',
    diet: 'vegetariano, vegetariana, vegano, vegana, gluten, sin gluten, celíaco, celíaca, alergia, alergias, alérgico, alérgica, lactosa, intolerante, intolerancia, halal, kosher',
    pet: 'perro, perros, perra, gato, gatos, mascota, mascotas, animal, animales, perrito',
    outside: 'terraza, afuera, a el aire libre, jardín, patio, exterior, balcón, vista a el mar, vistas',
    internet: 'internet, wifi, red, conexión, router, banda ancha',
    repair: 'reparar, reparación, reparado, arreglar, arreglo, arreglen, técnico, mecánico, taller, componer',
    register:
      'registrar, registrarme, registro, inscribir, inscribirme, inscripción, apuntarme, darme de alta, alta, hacerme socio, matricular, matrícula, socio, socia, inscripciones, matricularme, matrículo, cupo, plazas, apuntar a, solicitar, solicitud, afiliarme',
    discount:
      'descuento, descuentos, cupón, cupones, oferta, ofertas, promoción, promociones, rebaja, vale de descuento, beca, becas, rebajas',
    urgent:
      'urgente, urgencia, emergencia, de inmediato, inmediatamente, lo antes posible, cuanto antes, ya mismo, ahora mismo',
    status:
      'estado de, estatus, en qué estado, cómo va, cómo va lo, alguna novedad, novedades, qué pasó con, no sé nada',
    results: 'resultado, resultados, análisis, analítica',
    job: 'trabajo, empleo, vacante, vacantes, trabajar con ustedes, currículum, puesto, solicitud de empleo, contratando, están contratando, buscan, empleos',
    ticket: 'boleto, boletos, billete, billetes, pasaje',
    course: 'curso, cursos, clase, clases, lección, taller de formación, formación',
    room: 'habitación, habitaciones, cuarto, alojamiento, hospedaje, suite, doble, sencilla, habitación doble, cabaña',
    collect:
      'recoger, recojo, recogerlo, recogerla, recogida, buscarlo, buscarla, pasar a por, pasar por, ir a por, retirar, retiro',
    ready:
      'listo, lista, listos, listas, terminado, terminada, acabado, acabada, terminar, terminaron, acabar, ya está, quedó',
    wait: 'tarda, tardan, tardar, demora, demorar, esperar, espero, esperando, cuánto falta, falta mucho, cuánto tiempo',
    rent: 'alquilar, alquiler, alquilo, rentar, renta, prestar, préstamo de, prestado, arrendar, arriendo',
    extend: 'prolongar, ampliar, ampliación, renovar, renovación, prórroga, extender, alargar, más tiempo',
    pain: 'dolor, dolores, duele, duelen, doler, doliendo, dolido, me molesta',
    sick: 'enfermo, enferma, fiebre, vomitando, vómito, vómitos, vomitar, náuseas, gripe, tos, se siente mal, se encuentra mal',
    injured: 'herido, herida, lesión, lesionado, sangra, sangrando, cojea, hinchado, hinchada, atropellado',
    stay: 'noche, noches, hospedarnos, hospedarme, quedarnos, quedarme, estancia, estadía, alojarnos, alojarme, pernoctar',
    arrive: 'llegar, llegada, llegamos, llego, entrada a el, check in, arribar',
    vaccinate: 'vacuna, vacunas, vacunar, vacunación, vacunado, inyección, refuerzo',
    leisure: 'piscina, alberca, gimnasio, spa, sauna, jacuzzi',
    document:
      'documento, documentos, papeles, papel, certificado, certificados, formulario, constancia, diploma, comprobante de estudios',
    clean: 'limpiar, limpieza, lavar, lavado, sucio, sucia, limpio',
    insurance:
      'seguro médico, seguro de, aseguradora, póliza, asegurado, mutua, seguros, cobertura, el seguro, mi seguro',
    fine: 'multa, multas, sanción, recargo, penalización',
    card: 'tarjeta, tarjetas, carné, carnet, credencial',
    account: 'cuenta, cuentas',
    send: 'mandar, mande, mandan, mandarme, envíe, envíen, envían',
    tow: 'grúa, remolcar, remolque, tirado en, tirada en, asistencia en carretera',
    tyre: 'neumático, neumáticos, rueda, ruedas, pinchazo, pinchado, pinché, llanta, llantas, cubiertas',
    engine: 'motor, freno, frenos, batería, embrague, marchas, testigo, caja de cambios',
    inspect: 'itv, revisar, revisen, inspección, mantenimiento, cambio de aceite, revisión anual',
    tooth: 'diente, dientes, muela, muelas, empaste, corona, encía, encías, mandíbula',
    hair: 'pelo, cabello, corte de pelo, corte, peinado, flequillo, puntas',
    colour: 'color, tinte, teñir, mechas, rubia',
    used: 'usado, usada, usados, de segunda mano, seminuevo',
    delay: 'retraso, retrasado, llegar tarde, llego tarde, llegaré tarde, demorado',
    reading: 'libro, libros, novela, novelas, autor, título, leer',
    stock: 'disponible, disponibles, en existencia, en stock, disponibilidad',
    bike: 'bici, bicicleta, bicicletas',
    learn: 'aprender, estudiar, enseñan, enseñar, profesor, profesora, profe, estudios',
    exam: 'examen, exámenes, prueba, notas, calificaciones, nota',
    takeaway: 'para llevar, a domicilio, para recoger',
    noise: 'ruido, ruidos, ruidoso',
    expire: 'caduca, caducado, caducada, vence, vencido, vencida, expirado, vencimiento',
    accept: 'aceptan, acepta, aceptar, reciben',
    celebrate: 'cumpleaños, fiesta, celebrar, boda, aniversario',
    group: 'grupo, grupos',
    try: 'probar, prueba de manejo, probarme',
    travel: 'tren, autobús, taxi, vuelo, avión, hotel, metro',
    dining: 'pizza, restaurante, pan, pastel, café, hamburguesa',
    weather: 'tiempo hace, llover, lluvia, llueve, calor',
    home: 'piso, apartamento, lavadora, lavaplatos, muebles, televisor, tele',
    info: 'información, informes, informarme, detalles, folleto, una duda, dudas, consulta sobre',
    confirm: 'confirmar, confirmación, confirmo',
    wrong: 'equivocado, equivocada, incorrecto, incorrecta, equivocación, no es lo que',
    high: 'muy alto, muy alta, alto, alta, subido, subió, subieron, demasiado, más de lo normal',
    block: 'bloquear, congelar, bloqueo, pausar, pausa, suspensión',
    activate: 'activar, activación, desbloquear, habilitar',
    install: 'instalar, instalación, instalado, conectar, configurar, montar, colocar',
    sell: 'vender, venta, vendo',
    visit: 'visitar, visita, visitas, recorrido, ver el, conocer el',
    size: 'talla, tallas, tamaño, más grande, más pequeño, me queda, apretado',
    gift: 'regalo, regalos, regalar, tarjeta regalo',
    event: 'concierto, conciertos, función, espectáculo, obra de teatro, exposición, evento, eventos',
    plumbing:
      'tubería, tuberías, grifo, llave de el agua, inodoro, desagüe, fregadero, plomero, fontanero, tapado, ducha',
    heating: 'calefacción, caldera, radiador, radiadores, agua caliente, calentador, termostato',
    key: 'llave, llaves, cerradura, cerrajero',
    accident: 'accidente, siniestro, choque, daño, daños, chocó, golpe, abolladura',
    loan: 'préstamo, préstamos, crédito, hipoteca, financiación, financiamiento',
    balance: 'saldo, cuánto dinero, cuánto me queda, fondos',
    transfer: 'transferencia, transferir, giro, enviar dinero',
    fraud: 'fraude, estafa, sospechoso, hackearon, no reconozco, phishing',
    absent: 'ausencia, faltar, falta a clase, no va a asistir, no asistirá, ausente, inasistencia',
    beauty: 'uñas, manicura, pedicura, masaje, facial, maquillaje, cejas, depilación, pestañas',
    glasses: 'gafas, lentes, lentillas, anteojos, la vista, óptica, armazón, graduación',
    computer:
      'computadora, ordenador, portátil, impresora, pantalla, programa, tableta, aplicación, página web, app',
    warranty: 'garantía, garantías',
    part: 'pieza, piezas, repuesto, repuestos, recambio',
    flowers: 'flores, flor, ramo, rosas, corona de flores, plantas, arreglo floral',
    accessible: 'silla de ruedas, accesible, ascensor, elevador, discapacidad',
    language: 'inglés, español, alemán, francés, intérprete, idioma, idiomas',
    water: 'agua, inundado, inundación, goteo, goteando, gotera',
    donate: 'donar, donación, donativo',
    driving: 'clase de manejo, licencia de conducir, carnet de conducir, autoescuela, examen teórico',
  },
  telling:
    'cliente, quien, llama, pregunta, preguntas, quiere, dice, por, el, la, los, las, un, una, que, de, con, sobre, o, y, pide, algo, otra, cosa, desea, hablar, saber, persona que llama, tiene',
  agrees: 'sí, acepta, confirma, está de acuerdo, dice que sí, asiente, vendrá',
  refuses: 'no, rechaza, niega, dice que no, no acepta, no quiere, no vendrá',
  stem(word) {
    // "inscribirme", "repitalo": the pronoun is not part of the word.
    const verb =
      word.length > 6
        ? word.replace(/(?<=[aei]r|ndo|[aei]n|[ae])(?:me|te|se|nos|lo|la|le|los|las|les)$/, '')
        : word;
    if (verb.length <= 4) return verb;
    const stem = verb.replace(ENDING, '');
    // "cierran", "cerrar"; "cuesta", "costar": a stressed vowel is said as two.
    return stem
      .replace(/ie(?=[^aeiou]{1,3}$)/, 'e')
      .replace(/(?<![qg])ue(?=[^aeiou]{1,3}$)/, 'o')
      .replace(/qu$/, 'c')
      .replace(/gu$/, 'g');
  },
};

const ENDING = new RegExp(
  `(?<=..)(?:${[
    '(?<=..)(?:aciones|acion|adores|adora?s?|amientos?|imientos?)',
    '(?:ar|er|ir)(?:emos|iamos|ian|ias|ia|an|as|a|e)',
    'amos|emos|imos|abamos|aban|abas|aba|aron|ieron|aste|iste|iendo|ando|iones|ion',
    'ad[oa]s?|id[oa]s?|ais|eis',
    'es|as|os|ar|er|ir|en|an|a|o|e|s',
  ].join('|')})$`,
);
