### What people are told. Fluent (https://projectfluent.org). A message's value is the text, `.subject` the line above it.
### $sender, $recipient, $actor, $party, $original, $new: names of people. $title: the envelope. $deadline, $until: dates.

## In every message

greeting = Dear { $recipient },
deadline-line = Please do so before { $deadline }.
reason-line = Reason given: { $reason }
open-line = Open it here:
download-line = You can download the documents until { $until }:
link-warning = This link is for you alone. Do not pass it on.
closing = You receive this message because you have a part in “{ $title }”, which { $sender } sent.
somebody = Somebody

## Somebody's turn

turn-approve = { $sender } asks you to approve “{ $title }”.
    .subject = Please approve: { $title }
turn-sign = { $sender } asks you to sign “{ $title }”.
    .subject = Please sign: { $title }
turn-host = { $party } will sign “{ $title }” in person, on your device.
    .subject = Signing in person: { $title }
turn-witness = { $sender } asks you to sign “{ $title }” as a witness.
    .subject = Please witness: { $title }
turn-fill = { $sender } asks you to fill in “{ $title }”.
    .subject = Please fill in: { $title }
turn-acknowledge = { $sender } asks you to read “{ $title }” and to confirm that you have.
    .subject = Please read and confirm: { $title }
turn-receive = { $sender } has sent you “{ $title }”. Open it to confirm that you received it.
    .subject = Please confirm receipt: { $title }
turn-nominate = { $sender } asks you to name the people who act next on “{ $title }”.
    .subject = Please name who acts next: { $title }
viewing = { $sender } lets you view “{ $title }”.
    .subject = For your information: { $title }
copy = { $sender } sends you a copy of “{ $title }”.
    .subject = Your copy: { $title }
reminder = “{ $title }” is still waiting for you.
    .subject = Reminder: { $title }
expiring =
    { $days ->
        [one] “{ $title }” expires in { $days } day.
       *[other] “{ $title }” expires in { $days } days.
    }
    .subject =
        { $days ->
            [one] Expires in { $days } day: { $title }
           *[other] Expires in { $days } days: { $title }
        }
new-link = Here is a new link for “{ $title }”. Earlier links no longer work.
    .subject = New link: { $title }

## The end

completed =
    { $documents ->
        [one] “{ $title }” is complete, with { $documents } document. Everybody who was needed has acted.
       *[other] “{ $title }” is complete, with { $documents } documents. Everybody who was needed has acted.
    }
    .subject = Complete: { $title }
declined = { $actor } has declined “{ $title }”. It ends here; you need not do anything more.
    .subject = Declined: { $title }
declined-open = { $actor } has declined “{ $title }”. The others can still complete it.
    .subject = One person declined: { $title }
voided = { $actor } has cancelled “{ $title }”. You need not do anything more.
    .subject = Cancelled: { $title }
expired = “{ $title }” expired on { $deadline }, before everybody who was needed had acted.
    .subject = Expired: { $title }
failed = “{ $title }” could not be finished. What everybody did is kept. Please ask the operator of the service.
    .subject = Could not be finished: { $title }
download = The documents of “{ $title }” are ready for you.
    .subject = Ready to download: { $title }

## Changes

signer-changed-original = { $new } now acts on “{ $title }” in your place. If you did not ask for that, tell { $sender } at once.
    .subject = Changed to another person: { $title }
signer-changed-sender = { $original } has named { $new } to act on “{ $title }” in their place.
    .subject = Changed to another person: { $title }
signer-changed-new = { $original } has named you to act on “{ $title }” in their place.
    .subject = You were named: { $title }
released = You are no longer asked to act on “{ $title }”.
    .subject = No longer needed: { $title }
returned = { $actor } has sent “{ $title }” back.
    .subject = Sent back: { $title }
paused = “{ $title }” is being corrected. You need not do anything until it goes on.
    .subject = Paused: { $title }
resumed = “{ $title }” goes on.
    .subject = Goes on: { $title }
undeliverable = The message to { $party } about “{ $title }” could not be delivered. Please check the address.
    .subject = Not delivered: { $title }
party-expired = { $party } did not act on “{ $title }” in time. You can give more time or name somebody else.
    .subject = Too late: { $title }

## Security

alert-party = The check of your { $factor } failed too often for “{ $title }”. Your access is locked. If it was not you, tell { $sender } at once.
    .subject = Security alert: { $title }
alert-sender = The check of the { $factor } of { $party } failed too often for “{ $title }”. The access is locked. Ask { $party } before you unlock it.
    .subject = Security alert: { $title }
unblocked = Your access to “{ $title }” is unlocked.
    .subject = Unlocked: { $title }

factor-password = password
factor-access-code = access code
factor-signing-pin = signing PIN
factor-approval-code = approval code
factor-one-time-code = one-time code
factor-second-device = second device

## Many at once

bulk-finished =
    { $rows ->
        [one] { $sent } of { $rows } request was sent.
       *[other] { $sent } of { $rows } requests were sent.
    }
    .subject = Sending in bulk: { $title }

## Where it stands

status-draft = Draft
status-scheduled = Scheduled
status-pending = Pending
status-paused = Paused
status-finishing = Being finished
status-complete = Complete
status-declined = Declined
status-voided = Cancelled
status-expired = Expired
status-failed = Failed
progress =
    { $all ->
        [one] { $done } of { $all } person has acted
       *[other] { $done } of { $all } people have acted
    }
slot-waiting = Not yet their turn
slot-active = Their turn
slot-signing = Signing now
slot-done = Done
slot-declined = Declined
slot-replaced = Replaced by another person
slot-skipped = Not needed
slot-removed = Removed
slot-blocked = Access locked
slot-expired = Too late

## What a signature means (21 CFR 11.50(a)(3))

meaning-review = I have reviewed this document
meaning-approval = I approve this document
meaning-responsibility = I am responsible for this document
meaning-authorship = I am the author of this document

## Dates

date =
    { $month ->
        [1] { $day } January { $year }
        [2] { $day } February { $year }
        [3] { $day } March { $year }
        [4] { $day } April { $year }
        [5] { $day } May { $year }
        [6] { $day } June { $year }
        [7] { $day } July { $year }
        [8] { $day } August { $year }
        [9] { $day } September { $year }
        [10] { $day } October { $year }
        [11] { $day } November { $year }
       *[12] { $day } December { $year }
    } at { $time } ({ $zone })
