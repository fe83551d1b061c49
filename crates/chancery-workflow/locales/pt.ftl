### Português

## In every message

greeting = Prezado(a) { $recipient },
deadline-line = Faça isso antes de { $deadline }.
reason-line = Motivo indicado: { $reason }
open-line = Abra aqui:
download-line = Você pode baixar os documentos até { $until }:
link-warning = Este link é só para você. Não o repasse a ninguém.
closing = Você recebeu esta mensagem porque participa de “{ $title }”, que { $sender } enviou.
somebody = Uma pessoa

## Somebody's turn

turn-approve = { $sender } pede que você aprove “{ $title }”.
    .subject = Aprovação solicitada: { $title }
turn-sign = { $sender } pede que você assine “{ $title }”.
    .subject = Assinatura solicitada: { $title }
turn-host = { $party } assinará “{ $title }” presencialmente, no seu dispositivo.
    .subject = Assinatura presencial: { $title }
turn-witness = { $sender } pede que você assine “{ $title }” como testemunha.
    .subject = Assinatura de testemunha solicitada: { $title }
turn-fill = { $sender } pede que você preencha “{ $title }”.
    .subject = Preenchimento solicitado: { $title }
turn-acknowledge = { $sender } pede que você leia “{ $title }” e confirme que leu.
    .subject = Leia e confirme, por favor: { $title }
turn-receive = { $sender } enviou “{ $title }” para você. Abra para confirmar que recebeu.
    .subject = Confirme o recebimento, por favor: { $title }
turn-nominate = { $sender } pede que você indique quem atuará em seguida em “{ $title }”.
    .subject = Indique quem atua em seguida: { $title }
viewing = { $sender } permite que você consulte “{ $title }”.
    .subject = Para seu conhecimento: { $title }
copy = { $sender } enviou a você uma cópia de “{ $title }”.
    .subject = Sua cópia: { $title }
reminder = “{ $title }” ainda aguarda você.
    .subject = Lembrete: { $title }
expiring =
    { $days ->
        [one] “{ $title }” expira em { $days } dia.
       *[other] “{ $title }” expira em { $days } dias.
    }
    .subject =
        { $days ->
            [one] Expira em { $days } dia: { $title }
           *[other] Expira em { $days } dias: { $title }
        }
new-link = Este é um novo link para “{ $title }”. Os links anteriores não funcionam mais.
    .subject = Novo link: { $title }

## The end

completed =
    { $documents ->
        [one] “{ $title }” foi concluído, com { $documents } documento. Todas as pessoas necessárias já atuaram.
       *[other] “{ $title }” foi concluído, com { $documents } documentos. Todas as pessoas necessárias já atuaram.
    }
    .subject = Concluído: { $title }
declined = { $actor } recusou “{ $title }”. O processo termina aqui; você não precisa fazer mais nada.
    .subject = Recusado: { $title }
declined-open = { $actor } recusou “{ $title }”. As outras pessoas ainda podem concluí-lo.
    .subject = Uma pessoa recusou: { $title }
voided = { $actor } cancelou “{ $title }”. Você não precisa fazer mais nada.
    .subject = Cancelado: { $title }
expired = “{ $title }” expirou em { $deadline }, antes que todas as pessoas necessárias tivessem atuado.
    .subject = Expirado: { $title }
failed = Não foi possível finalizar “{ $title }”. O que cada pessoa fez está guardado. Fale com o operador do serviço.
    .subject = Não foi possível finalizar: { $title }
download = Os documentos de “{ $title }” estão prontos para você.
    .subject = Pronto para baixar: { $title }

## Changes

signer-changed-original = { $new } agora atua em “{ $title }” no seu lugar. Se não foi você quem pediu isso, avise { $sender } imediatamente.
    .subject = Troca de pessoa: { $title }
signer-changed-sender = { $original } indicou { $new } para atuar em seu lugar em “{ $title }”.
    .subject = Troca de pessoa: { $title }
signer-changed-new = { $original } indicou você para atuar em seu lugar em “{ $title }”.
    .subject = Indicação do seu nome: { $title }
released = Não é mais necessário que você atue em “{ $title }”.
    .subject = Não é mais necessário: { $title }
returned = { $actor } devolveu “{ $title }”.
    .subject = Devolvido: { $title }
paused = “{ $title }” está sendo corrigido. Você não precisa fazer nada até que seja retomado.
    .subject = Em pausa: { $title }
resumed = “{ $title }” foi retomado.
    .subject = Retomado: { $title }
undeliverable = A mensagem para { $party } sobre “{ $title }” não pôde ser entregue. Verifique o endereço.
    .subject = Não entregue: { $title }
party-expired = { $party } não atuou a tempo em “{ $title }”. Você pode dar mais prazo ou indicar outra pessoa.
    .subject = Fora do prazo: { $title }

## Security

alert-party = A verificação ({ $factor }) falhou vezes demais em “{ $title }”. O seu acesso está bloqueado. Se não foi você, avise { $sender } imediatamente.
    .subject = Alerta de segurança: { $title }
alert-sender = Em “{ $title }”, uma verificação ({ $factor }) de { $party } falhou vezes demais. O acesso está bloqueado. Fale com { $party } antes de desbloqueá-lo.
    .subject = Alerta de segurança: { $title }
unblocked = O seu acesso a “{ $title }” foi desbloqueado.
    .subject = Desbloqueado: { $title }

factor-password = senha
factor-access-code = código de acesso
factor-signing-pin = PIN de assinatura
factor-approval-code = código de aprovação
factor-one-time-code = código de uso único
factor-second-device = segundo dispositivo

## Many at once

bulk-finished =
    { $rows ->
        [one] Foi enviada { $sent } de { $rows } solicitação.
       *[other] Foram enviadas { $sent } de { $rows } solicitações.
    }
    .subject = Envio em massa: { $title }

## Where it stands

status-draft = Rascunho
status-scheduled = Agendado
status-pending = Pendente
status-paused = Em pausa
status-finishing = Em finalização
status-complete = Concluído
status-declined = Recusado
status-voided = Cancelado
status-expired = Expirado
status-failed = Falhou
progress =
    { $all ->
        [one] { $done } de { $all } pessoa atuou
       *[other] { $done } de { $all } pessoas atuaram
    }
slot-waiting = Ainda não é a vez desta pessoa
slot-active = É a vez desta pessoa
slot-signing = Assinando
slot-done = Feito
slot-declined = Recusado
slot-replaced = Substituído por outra pessoa
slot-skipped = Não necessário
slot-removed = Removido
slot-blocked = Acesso bloqueado
slot-expired = Fora do prazo

## What a signature means (21 CFR 11.50(a)(3))

meaning-review = Revisei este documento
meaning-approval = Aprovo este documento
meaning-responsibility = Sou responsável por este documento
meaning-authorship = Este documento é de minha autoria

## Dates

date =
    { $month ->
        [1] { $day } de janeiro de { $year }
        [2] { $day } de fevereiro de { $year }
        [3] { $day } de março de { $year }
        [4] { $day } de abril de { $year }
        [5] { $day } de maio de { $year }
        [6] { $day } de junho de { $year }
        [7] { $day } de julho de { $year }
        [8] { $day } de agosto de { $year }
        [9] { $day } de setembro de { $year }
        [10] { $day } de outubro de { $year }
        [11] { $day } de novembro de { $year }
       *[12] { $day } de dezembro de { $year }
    }, { $time } ({ $zone })
