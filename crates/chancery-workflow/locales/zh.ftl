### 中文（简体）

## In every message

greeting = { $recipient }，您好：
deadline-line = 请在 { $deadline } 之前完成。
reason-line = 原因：{ $reason }
open-line = 请在此打开：
download-line = 您可以在 { $until } 之前下载文件：
link-warning = 此链接仅供您本人使用，请勿转发。
closing = 您收到此消息，是因为您参与了 { $sender } 发送的“{ $title }”。
somebody = 某位参与者

## Somebody's turn

turn-approve = { $sender } 请您审批“{ $title }”。
    .subject = 请审批：{ $title }
turn-sign = { $sender } 请您签署“{ $title }”。
    .subject = 请签署：{ $title }
turn-host = { $party } 将在您的设备上当面签署“{ $title }”。
    .subject = 当面签署：{ $title }
turn-witness = { $sender } 请您作为见证人签署“{ $title }”。
    .subject = 请见证签署：{ $title }
turn-fill = { $sender } 请您填写“{ $title }”。
    .subject = 请填写：{ $title }
turn-acknowledge = { $sender } 请您阅读“{ $title }”并确认已阅。
    .subject = 请阅读并确认：{ $title }
turn-receive = { $sender } 已将“{ $title }”发送给您。请打开以确认收到。
    .subject = 请确认收到：{ $title }
turn-nominate = { $sender } 请您指定“{ $title }”的后续经办人。
    .subject = 请指定后续经办人：{ $title }
viewing = { $sender } 邀请您查看“{ $title }”。
    .subject = 供您参阅：{ $title }
copy = { $sender } 向您发送了“{ $title }”的副本。
    .subject = 您的副本：{ $title }
reminder = “{ $title }”仍在等待您处理。
    .subject = 提醒：{ $title }
expiring = “{ $title }”将在 { $days } 天后到期。
    .subject = { $days } 天后到期：{ $title }
new-link = 这是“{ $title }”的新链接。以前的链接已失效。
    .subject = 新链接：{ $title }

## The end

completed = “{ $title }”已完成，共 { $documents } 份文件。所需各方均已办理完毕。
    .subject = 已完成：{ $title }
declined = { $actor } 拒绝了“{ $title }”。流程到此结束，您无需再做任何操作。
    .subject = 已被拒绝：{ $title }
declined-open = { $actor } 拒绝了“{ $title }”，其他人仍可将其完成。
    .subject = 有一人拒绝：{ $title }
voided = { $actor } 取消了“{ $title }”。您无需再做任何操作。
    .subject = 已取消：{ $title }
expired = “{ $title }”已于 { $deadline } 到期，届时所需各方尚未全部办理。
    .subject = 已到期：{ $title }
failed = “{ $title }”未能办结。各方所做的操作均已保留。请联系服务运营方。
    .subject = 未能办结：{ $title }
download = “{ $title }”的文件已可供您下载。
    .subject = 可供下载：{ $title }

## Changes

signer-changed-original = “{ $title }”现由 { $new } 代替您办理。如果这不是您要求的，请立即告知 { $sender }。
    .subject = 更换经办人：{ $title }
signer-changed-sender = { $original } 已指定 { $new } 代替其办理“{ $title }”。
    .subject = 更换经办人：{ $title }
signer-changed-new = { $original } 已指定您代替其办理“{ $title }”。
    .subject = 您已被指定：{ $title }
released = 您无需再办理“{ $title }”。
    .subject = 无需办理：{ $title }
returned = { $actor } 退回了“{ $title }”。
    .subject = 已退回：{ $title }
paused = “{ $title }”正在更正。恢复之前您无需做任何操作。
    .subject = 已暂停：{ $title }
resumed = “{ $title }”已恢复办理。
    .subject = 已恢复：{ $title }
undeliverable = 有关“{ $title }”的消息未能送达 { $party }。请检查地址。
    .subject = 未送达：{ $title }
party-expired = { $party } 未在期限内办理“{ $title }”。您可以延长期限或指定其他人。
    .subject = 逾期未办理：{ $title }

## Security

alert-party = 在“{ $title }”中，您的{ $factor }多次验证失败，您的访问已被锁定。如果不是您本人所为，请立即告知 { $sender }。
    .subject = 安全警报：{ $title }
alert-sender = 在“{ $title }”中，{ $party } 的{ $factor }多次验证失败，其访问已被锁定。请先与 { $party } 核实，再予解锁。
    .subject = 安全警报：{ $title }
unblocked = 您对“{ $title }”的访问已解锁。
    .subject = 已解锁：{ $title }

factor-password = 密码
factor-access-code = 访问码
factor-signing-pin = 签名 PIN 码
factor-approval-code = 审批码
factor-one-time-code = 一次性验证码
factor-second-device = 第二设备

## Many at once

bulk-finished = 共 { $rows } 份请求，已发送 { $sent } 份。
    .subject = 批量发送：{ $title }

## Where it stands

status-draft = 草稿
status-scheduled = 已安排发送
status-pending = 进行中
status-paused = 已暂停
status-finishing = 正在办结
status-complete = 已完成
status-declined = 已拒绝
status-voided = 已取消
status-expired = 已到期
status-failed = 失败
progress = { $all } 人中已有 { $done } 人办理
slot-waiting = 尚未轮到
slot-active = 等待办理
slot-signing = 正在签署
slot-done = 已办理
slot-declined = 已拒绝
slot-replaced = 已由他人代替
slot-skipped = 无需办理
slot-removed = 已移除
slot-blocked = 访问已锁定
slot-expired = 已逾期

## What a signature means (21 CFR 11.50(a)(3))

meaning-review = 我已审阅本文件
meaning-approval = 我批准本文件
meaning-responsibility = 我对本文件负责
meaning-authorship = 我是本文件的作者

## Dates

date = { $year }年{ $month }月{ $day }日 { $time }（{ $zone }）
