### Tiếng Việt

## In every message

greeting = Kính gửi { $recipient },
deadline-line = Vui lòng thực hiện trước { $deadline }.
reason-line = Lý do: { $reason }
open-line = Mở tại đây:
download-line = Bạn có thể tải tài liệu xuống đến { $until }:
link-warning = Liên kết này chỉ dành cho bạn. Vui lòng không chuyển cho người khác.
closing = Bạn nhận được tin này vì bạn tham gia “{ $title }” do { $sender } gửi.
somebody = Một người

## Somebody's turn

turn-approve = { $sender } đề nghị bạn phê duyệt “{ $title }”.
    .subject = Đề nghị phê duyệt: { $title }
turn-sign = { $sender } đề nghị bạn ký “{ $title }”.
    .subject = Đề nghị ký: { $title }
turn-host = { $party } sẽ ký trực tiếp “{ $title }” trên thiết bị của bạn.
    .subject = Ký trực tiếp: { $title }
turn-witness = { $sender } đề nghị bạn ký “{ $title }” với tư cách người làm chứng.
    .subject = Đề nghị ký làm chứng: { $title }
turn-fill = { $sender } đề nghị bạn điền thông tin vào “{ $title }”.
    .subject = Đề nghị điền thông tin: { $title }
turn-acknowledge = { $sender } đề nghị bạn đọc “{ $title }” và xác nhận đã đọc.
    .subject = Đề nghị đọc và xác nhận: { $title }
turn-receive = { $sender } đã gửi “{ $title }” cho bạn. Vui lòng mở để xác nhận đã nhận.
    .subject = Đề nghị xác nhận đã nhận: { $title }
turn-nominate = { $sender } đề nghị bạn chỉ định những người thực hiện tiếp theo trong “{ $title }”.
    .subject = Đề nghị chỉ định người tiếp theo: { $title }
viewing = { $sender } cho phép bạn xem “{ $title }”.
    .subject = Để bạn biết: { $title }
copy = { $sender } gửi cho bạn một bản sao của “{ $title }”.
    .subject = Bản sao của bạn: { $title }
reminder = “{ $title }” vẫn đang chờ bạn.
    .subject = Nhắc nhở: { $title }
expiring = “{ $title }” sẽ hết hạn sau { $days } ngày.
    .subject = Hết hạn sau { $days } ngày: { $title }
new-link = Đây là liên kết mới cho “{ $title }”. Các liên kết trước không còn dùng được.
    .subject = Liên kết mới: { $title }

## The end

completed = “{ $title }” đã hoàn tất, gồm { $documents } tài liệu. Những người cần thiết đã thực hiện xong phần của mình.
    .subject = Hoàn tất: { $title }
declined = { $actor } đã từ chối “{ $title }”. Quy trình kết thúc tại đây; bạn không cần làm gì thêm.
    .subject = Bị từ chối: { $title }
declined-open = { $actor } đã từ chối “{ $title }”. Những người khác vẫn có thể hoàn tất.
    .subject = Một người đã từ chối: { $title }
voided = { $actor } đã hủy “{ $title }”. Bạn không cần làm gì thêm.
    .subject = Đã hủy: { $title }
expired = “{ $title }” đã hết hạn vào { $deadline }, trước khi những người cần thiết thực hiện xong.
    .subject = Đã hết hạn: { $title }
failed = Không thể kết thúc “{ $title }”. Những gì mọi người đã làm vẫn được lưu giữ. Vui lòng liên hệ đơn vị vận hành dịch vụ.
    .subject = Không thể kết thúc: { $title }
download = Tài liệu của “{ $title }” đã sẵn sàng để bạn tải xuống.
    .subject = Sẵn sàng tải xuống: { $title }

## Changes

signer-changed-original = { $new } nay thực hiện “{ $title }” thay bạn. Nếu bạn không yêu cầu điều đó, hãy báo ngay cho { $sender }.
    .subject = Đổi người thực hiện: { $title }
signer-changed-sender = { $original } đã chỉ định { $new } thực hiện “{ $title }” thay mình.
    .subject = Đổi người thực hiện: { $title }
signer-changed-new = { $original } đã chỉ định bạn thực hiện “{ $title }” thay họ.
    .subject = Bạn được chỉ định: { $title }
released = Bạn không còn cần thực hiện “{ $title }” nữa.
    .subject = Không cần thực hiện nữa: { $title }
returned = { $actor } đã trả lại “{ $title }”.
    .subject = Trả lại: { $title }
paused = “{ $title }” đang được chỉnh sửa. Bạn không cần làm gì cho đến khi được tiếp tục.
    .subject = Tạm dừng: { $title }
resumed = “{ $title }” được tiếp tục.
    .subject = Tiếp tục: { $title }
undeliverable = Không gửi được tin cho { $party } về “{ $title }”. Vui lòng kiểm tra địa chỉ.
    .subject = Không gửi được: { $title }
party-expired = { $party } đã không thực hiện “{ $title }” đúng hạn. Bạn có thể gia hạn hoặc chỉ định người khác.
    .subject = Quá hạn: { $title }

## Security

alert-party = Việc xác minh { $factor } của bạn đã thất bại quá nhiều lần cho “{ $title }”. Quyền truy cập của bạn đã bị khóa. Nếu không phải là bạn, hãy báo ngay cho { $sender }.
    .subject = Cảnh báo bảo mật: { $title }
alert-sender = Việc xác minh { $factor } của { $party } đã thất bại quá nhiều lần cho “{ $title }”. Quyền truy cập đã bị khóa. Hãy hỏi { $party } trước khi mở khóa.
    .subject = Cảnh báo bảo mật: { $title }
unblocked = Quyền truy cập của bạn vào “{ $title }” đã được mở khóa.
    .subject = Đã mở khóa: { $title }

factor-password = mật khẩu
factor-access-code = mã truy cập
factor-signing-pin = mã PIN ký
factor-approval-code = mã phê duyệt
factor-one-time-code = mã dùng một lần
factor-second-device = thiết bị thứ hai

## Many at once

bulk-finished = Đã gửi { $sent } trong số { $rows } yêu cầu.
    .subject = Gửi hàng loạt: { $title }

## Where it stands

status-draft = Bản nháp
status-scheduled = Đã hẹn giờ
status-pending = Đang chờ
status-paused = Tạm dừng
status-finishing = Đang kết thúc
status-complete = Hoàn tất
status-declined = Bị từ chối
status-voided = Đã hủy
status-expired = Đã hết hạn
status-failed = Thất bại
progress = { $done } trên { $all } người đã thực hiện
slot-waiting = Chưa đến lượt
slot-active = Đến lượt
slot-signing = Đang ký
slot-done = Đã xong
slot-declined = Đã từ chối
slot-replaced = Đã thay bằng người khác
slot-skipped = Không cần
slot-removed = Đã gỡ bỏ
slot-blocked = Bị khóa truy cập
slot-expired = Quá hạn

## What a signature means (21 CFR 11.50(a)(3))

meaning-review = Tôi đã xem xét tài liệu này
meaning-approval = Tôi phê duyệt tài liệu này
meaning-responsibility = Tôi chịu trách nhiệm về tài liệu này
meaning-authorship = Tôi là tác giả của tài liệu này

## Dates

date = { $time } ngày { $day } tháng { $month } năm { $year } ({ $zone })
