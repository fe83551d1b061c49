### 日本語

## In every message

greeting = { $recipient } 様
deadline-line = { $deadline } までにご対応ください。
reason-line = 理由：{ $reason }
open-line = 次のリンクから開いてください。
download-line = 文書は次のリンクから { $until } までダウンロードできます。
link-warning = このリンクはあなた専用です。他の人に渡さないでください。
closing = このメッセージは、{ $sender } 様が送信した「{ $title }」の関係者の方にお送りしています。
somebody = 関係者の一人

## Somebody's turn

turn-approve = { $sender } 様から「{ $title }」の承認を依頼されています。
    .subject = 承認のお願い：{ $title }
turn-sign = { $sender } 様から「{ $title }」への署名を依頼されています。
    .subject = 署名のお願い：{ $title }
turn-host = { $party } 様が、あなたの端末で「{ $title }」に対面で署名します。
    .subject = 対面署名のお願い：{ $title }
turn-witness = { $sender } 様から「{ $title }」に立会人として署名するよう依頼されています。
    .subject = 立会いのお願い：{ $title }
turn-fill = { $sender } 様から「{ $title }」への記入を依頼されています。
    .subject = ご記入のお願い：{ $title }
turn-acknowledge = { $sender } 様から、「{ $title }」をお読みのうえ、確認した旨をご回答いただくよう依頼されています。
    .subject = ご確認のお願い：{ $title }
turn-receive = { $sender } 様から「{ $title }」が届いています。開いて受領を確認してください。
    .subject = 受領確認のお願い：{ $title }
turn-nominate = { $sender } 様から「{ $title }」の次の担当者を指名するよう依頼されています。
    .subject = 担当者指名のお願い：{ $title }
viewing = { $sender } 様から「{ $title }」が閲覧用に共有されました。
    .subject = 閲覧のご案内：{ $title }
copy = { $sender } 様から「{ $title }」の写しが届いています。
    .subject = 写しの送付：{ $title }
reminder = 「{ $title }」は、まだあなたのご対応をお待ちしています。
    .subject = リマインダー：{ $title }
expiring = 「{ $title }」の期限まであと { $days } 日です。
    .subject = 期限まであと { $days } 日：{ $title }
new-link = 「{ $title }」の新しいリンクをお送りします。以前のリンクは使えません。
    .subject = 新しいリンク：{ $title }

## The end

completed = 「{ $title }」（文書 { $documents } 件）は、必要な方の対応がすべて終わり、完了しました。
    .subject = 完了：{ $title }
declined = { $actor } 様が「{ $title }」を辞退しました。手続きは終了し、これ以上のご対応は不要です。
    .subject = 辞退：{ $title }
declined-open = { $actor } 様が「{ $title }」を辞退しました。残りの方々で完了できるため、手続きは続きます。
    .subject = 一名が辞退：{ $title }
voided = { $actor } 様が「{ $title }」を取り消しました。これ以上のご対応は不要です。
    .subject = 取消し：{ $title }
expired = 「{ $title }」は、必要な方の対応が終わらないまま { $deadline } に期限切れとなりました。
    .subject = 期限切れ：{ $title }
failed = 「{ $title }」の完了処理ができませんでした。これまでの対応は記録されています。サービスの運営者にお問い合わせください。
    .subject = 完了処理の失敗：{ $title }
download = 「{ $title }」の文書をダウンロードできます。
    .subject = ダウンロードのご案内：{ $title }

## Changes

signer-changed-original = 「{ $title }」の担当があなたから { $new } 様に変わりました。心当たりがない場合は、すぐに { $sender } 様に連絡してください。
    .subject = 担当者の変更：{ $title }
signer-changed-sender = 「{ $title }」の担当が { $original } 様から { $new } 様に変わりました。
    .subject = 担当者の変更：{ $title }
signer-changed-new = { $original } 様が、自分に代わる「{ $title }」の担当者としてあなたを指名しました。
    .subject = 担当者に指名されました：{ $title }
released = 「{ $title }」についてのあなたへの依頼は取り下げられました。
    .subject = 依頼の取下げ：{ $title }
returned = { $actor } 様が「{ $title }」を差し戻しました。
    .subject = 差戻し：{ $title }
paused = 「{ $title }」は訂正中です。再開するまでご対応は不要です。
    .subject = 一時停止：{ $title }
resumed = 「{ $title }」の手続きを再開しました。
    .subject = 再開：{ $title }
undeliverable = 「{ $title }」について { $party } 様に送ったメッセージが届きませんでした。宛先をご確認ください。
    .subject = 不達：{ $title }
party-expired = { $party } 様は「{ $title }」に期限内に対応しませんでした。期限を延ばすか、別の方を指名できます。
    .subject = 期限内の対応なし：{ $title }

## Security

alert-party = 「{ $title }」で、あなたの{ $factor }による確認が何度も失敗したため、アクセスをロックしました。心当たりがない場合は、すぐに { $sender } 様に連絡してください。
    .subject = セキュリティ警告：{ $title }
alert-sender = 「{ $title }」で、{ $party } 様の{ $factor }による確認が何度も失敗したため、アクセスをロックしました。{ $party } 様に確認してから解除してください。
    .subject = セキュリティ警告：{ $title }
unblocked = 「{ $title }」へのアクセスのロックが解除されました。
    .subject = ロック解除：{ $title }

factor-password = パスワード
factor-access-code = アクセスコード
factor-signing-pin = 署名用PIN
factor-approval-code = 承認コード
factor-one-time-code = ワンタイムコード
factor-second-device = 第二の端末

## Many at once

bulk-finished = { $rows } 件の依頼のうち { $sent } 件を送信しました。
    .subject = 一括送信：{ $title }

## Where it stands

status-draft = 下書き
status-scheduled = 送信予約
status-pending = 進行中
status-paused = 一時停止中
status-finishing = 完了処理中
status-complete = 完了
status-declined = 辞退
status-voided = 取消し
status-expired = 期限切れ
status-failed = 失敗
progress = { $all } 名中 { $done } 名が対応済み
slot-waiting = 順番待ち
slot-active = 対応待ち
slot-signing = 署名中
slot-done = 対応済み
slot-declined = 辞退
slot-replaced = 別の担当者に変更
slot-skipped = 対応不要
slot-removed = 削除
slot-blocked = ロック中
slot-expired = 期限切れ

## What a signature means (21 CFR 11.50(a)(3))

meaning-review = この文書を確認しました
meaning-approval = この文書を承認します
meaning-responsibility = この文書に責任を負います
meaning-authorship = この文書を作成しました

## Dates

date = { $year }年{ $month }月{ $day }日 { $time }（{ $zone }）
