### Español

## In every message

greeting = A la atención de { $recipient }:
deadline-line = Hágalo antes del { $deadline }.
reason-line = Motivo indicado: { $reason }
open-line = Ábralo aquí:
download-line = Puede descargar los documentos hasta el { $until }:
link-warning = Este enlace es solo para usted. No lo comparta.
closing = Recibe este mensaje porque participa en «{ $title }», que envió { $sender }.
somebody = Una persona

## Somebody's turn

turn-approve = { $sender } le pide que apruebe «{ $title }».
    .subject = Se solicita su aprobación: { $title }
turn-sign = { $sender } le pide que firme «{ $title }».
    .subject = Se solicita su firma: { $title }
turn-host = { $party } firmará «{ $title }» en persona, en el dispositivo de usted.
    .subject = Firma presencial: { $title }
turn-witness = { $sender } le pide que firme «{ $title }» como testigo.
    .subject = Se solicita su firma como testigo: { $title }
turn-fill = { $sender } le pide que rellene «{ $title }».
    .subject = Se solicitan sus datos: { $title }
turn-acknowledge = { $sender } le pide que lea «{ $title }» y confirme que lo ha leído.
    .subject = Lea y confirme, por favor: { $title }
turn-receive = { $sender } le ha enviado «{ $title }». Ábralo para confirmar que lo ha recibido.
    .subject = Confirme la recepción, por favor: { $title }
turn-nominate = { $sender } le pide que indique quiénes intervendrán después en «{ $title }».
    .subject = Indique quién interviene después: { $title }
viewing = { $sender } le permite consultar «{ $title }».
    .subject = Para su información: { $title }
copy = { $sender } le envía una copia de «{ $title }».
    .subject = Su copia: { $title }
reminder = «{ $title }» sigue pendiente de usted.
    .subject = Recordatorio: { $title }
expiring =
    { $days ->
        [one] «{ $title }» vence en { $days } día.
       *[other] «{ $title }» vence en { $days } días.
    }
    .subject =
        { $days ->
            [one] Vence en { $days } día: { $title }
           *[other] Vence en { $days } días: { $title }
        }
new-link = Este es un enlace nuevo para «{ $title }». Los enlaces anteriores ya no funcionan.
    .subject = Enlace nuevo: { $title }

## The end

completed =
    { $documents ->
        [one] «{ $title }» está completo, con { $documents } documento. Han intervenido todas las personas necesarias.
       *[other] «{ $title }» está completo, con { $documents } documentos. Han intervenido todas las personas necesarias.
    }
    .subject = Completado: { $title }
declined = { $actor } ha rechazado «{ $title }». El proceso termina aquí; no tiene que hacer nada más.
    .subject = Rechazado: { $title }
declined-open = { $actor } ha rechazado «{ $title }». Las demás personas aún pueden completarlo.
    .subject = Una persona lo ha rechazado: { $title }
voided = { $actor } ha anulado «{ $title }». No tiene que hacer nada más.
    .subject = Anulado: { $title }
expired = «{ $title }» venció el { $deadline }, antes de que intervinieran todas las personas necesarias.
    .subject = Vencido: { $title }
failed = No se ha podido finalizar «{ $title }». Lo que hizo cada persona se conserva. Consulte al operador del servicio.
    .subject = No se ha podido finalizar: { $title }
download = Los documentos de «{ $title }» están listos para usted.
    .subject = Listo para descargar: { $title }

## Changes

signer-changed-original = { $new } interviene ahora en «{ $title }» en su lugar. Si usted no lo pidió, avise de inmediato a { $sender }.
    .subject = Cambio de persona: { $title }
signer-changed-sender = { $original } ha designado a { $new } para intervenir en su lugar en «{ $title }».
    .subject = Cambio de persona: { $title }
signer-changed-new = { $original } le ha designado para intervenir en su lugar en «{ $title }».
    .subject = Designación a su nombre: { $title }
released = Ya no se le pide que intervenga en «{ $title }».
    .subject = Ya no es necesario: { $title }
returned = { $actor } ha devuelto «{ $title }».
    .subject = Devuelto: { $title }
paused = «{ $title }» se está corrigiendo. No tiene que hacer nada hasta que se reanude.
    .subject = En pausa: { $title }
resumed = «{ $title }» se reanuda.
    .subject = Se reanuda: { $title }
undeliverable = No se ha podido entregar el mensaje a { $party } sobre «{ $title }». Compruebe la dirección.
    .subject = No entregado: { $title }
party-expired = { $party } no intervino a tiempo en «{ $title }». Puede ampliar el plazo o designar a otra persona.
    .subject = Fuera de plazo: { $title }

## Security

alert-party = La comprobación de su { $factor } ha fallado demasiadas veces en «{ $title }». Su acceso está bloqueado. Si no ha sido usted, avise de inmediato a { $sender }.
    .subject = Alerta de seguridad: { $title }
alert-sender = En «{ $title }» ha fallado demasiadas veces una comprobación ({ $factor }) de { $party }. El acceso está bloqueado. Consulte a { $party } antes de desbloquearlo.
    .subject = Alerta de seguridad: { $title }
unblocked = Su acceso a «{ $title }» está desbloqueado.
    .subject = Desbloqueado: { $title }

factor-password = contraseña
factor-access-code = código de acceso
factor-signing-pin = PIN de firma
factor-approval-code = código de aprobación
factor-one-time-code = código de un solo uso
factor-second-device = segundo dispositivo

## Many at once

bulk-finished =
    { $rows ->
        [one] Se ha enviado { $sent } de { $rows } solicitud.
       *[other] Se han enviado { $sent } de { $rows } solicitudes.
    }
    .subject = Envío masivo: { $title }

## Where it stands

status-draft = Borrador
status-scheduled = Programado
status-pending = Pendiente
status-paused = En pausa
status-finishing = Finalizando
status-complete = Completado
status-declined = Rechazado
status-voided = Anulado
status-expired = Vencido
status-failed = Fallido
progress =
    { $all ->
        [one] Ha intervenido { $done } de { $all } persona
       *[other] Han intervenido { $done } de { $all } personas
    }
slot-waiting = Aún no es su turno
slot-active = Es su turno
slot-signing = Firmando
slot-done = Hecho
slot-declined = Rechazado
slot-replaced = Sustituido por otra persona
slot-skipped = No necesario
slot-removed = Eliminado
slot-blocked = Acceso bloqueado
slot-expired = Fuera de plazo

## What a signature means (21 CFR 11.50(a)(3))

meaning-review = He revisado este documento
meaning-approval = Apruebo este documento
meaning-responsibility = Soy responsable de este documento
meaning-authorship = Este documento es de mi autoría

## Dates

date =
    { $month ->
        [1] { $day } de enero de { $year }
        [2] { $day } de febrero de { $year }
        [3] { $day } de marzo de { $year }
        [4] { $day } de abril de { $year }
        [5] { $day } de mayo de { $year }
        [6] { $day } de junio de { $year }
        [7] { $day } de julio de { $year }
        [8] { $day } de agosto de { $year }
        [9] { $day } de septiembre de { $year }
        [10] { $day } de octubre de { $year }
        [11] { $day } de noviembre de { $year }
       *[12] { $day } de diciembre de { $year }
    }, { $time } ({ $zone })
