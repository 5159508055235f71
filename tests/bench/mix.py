"""The dialogues of the benchmark: whole talks as people have them, each step answered by the house.

A complaint written in one breath and finished by taps, one told step by step, an emergency in mid-form, questions of
entrepreneurs, and somebody who only looks around. Free texts that the house holds for a moment are marked.
"""

from __future__ import annotations

from tests.bench.traffic import Step, pin, tap, text

SMOKE = (
    text("โรงงานพลาสติกปล่อยควันดำทุกคืน หายใจไม่ค่อยสะดวก", held=True),
    pin(13.65, 100.55),
    tap("complaint", "photos", "~skip"),
    tap("complaint", "factory", "~edit"),
    text("โรงงานพลาสติกรุ่งเรือง"),
    text("0812345678"),
    text("ส่ง"),
)
STEP_BY_STEP = (
    tap("complaint", "~", "start"),
    text("มีน้ำสีดำไหลลงคลองหลังบ้าน เหม็นมาก"),
    text("อำเภอเมืองสมุทรสาคร"),
    tap("complaint", "photos", "~skip"),
    tap("complaint", "phone", "~skip"),
    text("ส่ง"),
)
FIRE = (
    tap("complaint", "~", "start"),
    text("ไฟไหม้โรงงาน ช่วยด้วย"),
    pin(13.65, 100.55),
    tap("emergency", "can_call", "yes"),
    text("เห็นควันดำมาก มีคนเจ็บสองคน"),
)
FABRICS = (text("ใครทดสอบผ้าได้บ้าง", held=True), tap("home", "go", "home"), tap("home", "go", "help"))
LICENCE = (text("อยากเปิดโรงงานต้องขอใบอนุญาตอะไร", held=True), tap("home", "go", "home"))
AROUND = (text("สวัสดีค่ะ", held=True), tap("home", "go", "help"), tap("my_tickets", "list"), tap("home", "go", "home"))

DIALOGUES: tuple[tuple[Step, ...], ...] = (SMOKE, STEP_BY_STEP, FIRE, FABRICS, SMOKE, LICENCE, STEP_BY_STEP, AROUND)
