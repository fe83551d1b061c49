### ไทย

## In every message

greeting = เรียน { $recipient }
deadline-line = โปรดดำเนินการก่อน { $deadline }
reason-line = เหตุผลที่ระบุ: { $reason }
open-line = เปิดได้ที่นี่:
download-line = ท่านดาวน์โหลดเอกสารได้จนถึง { $until }:
link-warning = ลิงก์นี้สำหรับท่านเท่านั้น โปรดอย่าส่งต่อ
closing = ท่านได้รับข้อความนี้เพราะท่านมีส่วนเกี่ยวข้องใน “{ $title }” ซึ่ง { $sender } เป็นผู้ส่ง
somebody = บุคคลหนึ่ง

## Somebody's turn

turn-approve = { $sender } ขอให้ท่านอนุมัติ “{ $title }”
    .subject = โปรดอนุมัติ: { $title }
turn-sign = { $sender } ขอให้ท่านลงนามใน “{ $title }”
    .subject = โปรดลงนาม: { $title }
turn-host = { $party } จะลงนามใน “{ $title }” ด้วยตนเองบนอุปกรณ์ของท่าน
    .subject = ลงนามต่อหน้า: { $title }
turn-witness = { $sender } ขอให้ท่านลงนามเป็นพยานใน “{ $title }”
    .subject = โปรดลงนามเป็นพยาน: { $title }
turn-fill = { $sender } ขอให้ท่านกรอกข้อมูลใน “{ $title }”
    .subject = โปรดกรอกข้อมูล: { $title }
turn-acknowledge = { $sender } ขอให้ท่านอ่าน “{ $title }” และยืนยันว่าได้อ่านแล้ว
    .subject = โปรดอ่านและยืนยัน: { $title }
turn-receive = { $sender } ส่ง “{ $title }” ถึงท่าน โปรดเปิดเพื่อยืนยันว่าได้รับแล้ว
    .subject = โปรดยืนยันการได้รับ: { $title }
turn-nominate = { $sender } ขอให้ท่านระบุชื่อผู้ดำเนินการลำดับถัดไปใน “{ $title }”
    .subject = โปรดระบุผู้ดำเนินการลำดับถัดไป: { $title }
viewing = { $sender } ให้ท่านเปิดดู “{ $title }” ได้
    .subject = เพื่อโปรดทราบ: { $title }
copy = { $sender } ส่งสำเนาของ “{ $title }” ถึงท่าน
    .subject = สำเนาของท่าน: { $title }
reminder = “{ $title }” ยังรอการดำเนินการจากท่าน
    .subject = แจ้งเตือน: { $title }
expiring = “{ $title }” จะหมดอายุในอีก { $days } วัน
    .subject = จะหมดอายุในอีก { $days } วัน: { $title }
new-link = นี่คือลิงก์ใหม่สำหรับ “{ $title }” ลิงก์เดิมใช้ไม่ได้แล้ว
    .subject = ลิงก์ใหม่: { $title }

## The end

completed = “{ $title }” (เอกสาร { $documents } ฉบับ) เสร็จสมบูรณ์แล้ว ผู้ที่ต้องดำเนินการได้ดำเนินการครบถ้วน
    .subject = เสร็จสมบูรณ์: { $title }
declined = { $actor } ปฏิเสธ “{ $title }” กระบวนการสิ้นสุดลงแล้ว ท่านไม่ต้องดำเนินการใดอีก
    .subject = ถูกปฏิเสธ: { $title }
declined-open = { $actor } ปฏิเสธ “{ $title }” แต่คนอื่น ๆ ยังดำเนินการให้เสร็จได้
    .subject = มีผู้ปฏิเสธหนึ่งคน: { $title }
voided = { $actor } ยกเลิก “{ $title }” แล้ว ท่านไม่ต้องดำเนินการใดอีก
    .subject = ยกเลิกแล้ว: { $title }
expired = “{ $title }” หมดอายุเมื่อ { $deadline } ก่อนที่ผู้ที่ต้องดำเนินการจะดำเนินการครบ
    .subject = หมดอายุแล้ว: { $title }
failed = ไม่สามารถดำเนินการ “{ $title }” ให้เสร็จสิ้นได้ สิ่งที่ทุกคนดำเนินการไว้ยังถูกเก็บรักษา โปรดติดต่อผู้ให้บริการ
    .subject = ดำเนินการให้เสร็จสิ้นไม่ได้: { $title }
download = เอกสารของ “{ $title }” พร้อมให้ท่านดาวน์โหลดแล้ว
    .subject = พร้อมดาวน์โหลด: { $title }

## Changes

signer-changed-original = { $new } ดำเนินการใน “{ $title }” แทนท่านแล้ว หากท่านไม่ได้ขอ โปรดแจ้ง { $sender } ทันที
    .subject = เปลี่ยนผู้ดำเนินการ: { $title }
signer-changed-sender = { $original } ระบุให้ { $new } ดำเนินการใน “{ $title }” แทนตน
    .subject = เปลี่ยนผู้ดำเนินการ: { $title }
signer-changed-new = { $original } ระบุให้ท่านดำเนินการใน “{ $title }” แทนตน
    .subject = ท่านได้รับการระบุชื่อ: { $title }
released = ท่านไม่ต้องดำเนินการใน “{ $title }” อีกต่อไป
    .subject = ไม่ต้องดำเนินการแล้ว: { $title }
returned = { $actor } ส่ง “{ $title }” กลับคืน
    .subject = ส่งกลับคืน: { $title }
paused = “{ $title }” อยู่ระหว่างการแก้ไข ท่านไม่ต้องดำเนินการใดจนกว่าจะเริ่มต่อ
    .subject = หยุดชั่วคราว: { $title }
resumed = “{ $title }” เริ่มดำเนินการต่อแล้ว
    .subject = ดำเนินการต่อ: { $title }
undeliverable = ไม่สามารถส่งข้อความเกี่ยวกับ “{ $title }” ถึง { $party } ได้ โปรดตรวจสอบที่อยู่
    .subject = ส่งไม่สำเร็จ: { $title }
party-expired = { $party } ไม่ได้ดำเนินการใน “{ $title }” ภายในกำหนด ท่านขยายเวลาหรือระบุผู้อื่นได้
    .subject = เลยกำหนด: { $title }

## Security

alert-party = การตรวจสอบ{ $factor }ของท่านสำหรับ “{ $title }” ไม่ผ่านหลายครั้งเกินไป การเข้าถึงของท่านจึงถูกล็อก หากไม่ใช่ท่าน โปรดแจ้ง { $sender } ทันที
    .subject = แจ้งเตือนด้านความปลอดภัย: { $title }
alert-sender = การตรวจสอบ{ $factor }ของ { $party } สำหรับ “{ $title }” ไม่ผ่านหลายครั้งเกินไป การเข้าถึงจึงถูกล็อก โปรดสอบถาม { $party } ก่อนปลดล็อก
    .subject = แจ้งเตือนด้านความปลอดภัย: { $title }
unblocked = ปลดล็อกการเข้าถึง “{ $title }” ของท่านแล้ว
    .subject = ปลดล็อกแล้ว: { $title }

factor-password = รหัสผ่าน
factor-access-code = รหัสเข้าถึง
factor-signing-pin = PIN สำหรับลงนาม
factor-approval-code = รหัสอนุมัติ
factor-one-time-code = รหัสใช้ครั้งเดียว
factor-second-device = อุปกรณ์เครื่องที่สอง

## Many at once

bulk-finished = ส่งคำขอแล้ว { $sent } จาก { $rows } รายการ
    .subject = การส่งจำนวนมาก: { $title }

## Where it stands

status-draft = ฉบับร่าง
status-scheduled = ตั้งเวลาส่งแล้ว
status-pending = รอดำเนินการ
status-paused = หยุดชั่วคราว
status-finishing = กำลังดำเนินการขั้นสุดท้าย
status-complete = เสร็จสมบูรณ์
status-declined = ถูกปฏิเสธ
status-voided = ยกเลิกแล้ว
status-expired = หมดอายุแล้ว
status-failed = ล้มเหลว
progress = ดำเนินการแล้ว { $done } จาก { $all } คน
slot-waiting = ยังไม่ถึงลำดับ
slot-active = ถึงลำดับแล้ว
slot-signing = กำลังลงนาม
slot-done = เรียบร้อยแล้ว
slot-declined = ปฏิเสธ
slot-replaced = มีผู้อื่นแทน
slot-skipped = ไม่จำเป็น
slot-removed = นำออกแล้ว
slot-blocked = การเข้าถึงถูกล็อก
slot-expired = เลยกำหนด

## What a signature means (21 CFR 11.50(a)(3))

meaning-review = ข้าพเจ้าได้ตรวจทานเอกสารนี้แล้ว
meaning-approval = ข้าพเจ้าอนุมัติเอกสารนี้
meaning-responsibility = ข้าพเจ้าเป็นผู้รับผิดชอบเอกสารนี้
meaning-authorship = ข้าพเจ้าเป็นผู้จัดทำเอกสารนี้

## Dates

date =
    { $month ->
        [1] { $day } มกราคม ค.ศ. { $year }
        [2] { $day } กุมภาพันธ์ ค.ศ. { $year }
        [3] { $day } มีนาคม ค.ศ. { $year }
        [4] { $day } เมษายน ค.ศ. { $year }
        [5] { $day } พฤษภาคม ค.ศ. { $year }
        [6] { $day } มิถุนายน ค.ศ. { $year }
        [7] { $day } กรกฎาคม ค.ศ. { $year }
        [8] { $day } สิงหาคม ค.ศ. { $year }
        [9] { $day } กันยายน ค.ศ. { $year }
        [10] { $day } ตุลาคม ค.ศ. { $year }
        [11] { $day } พฤศจิกายน ค.ศ. { $year }
       *[12] { $day } ธันวาคม ค.ศ. { $year }
    } เวลา { $time } น. ({ $zone })
