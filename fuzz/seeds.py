#!/usr/bin/env python3
"""Writes what the fuzzers begin with, `fuzz/seeds/`, from `tests/data/` and the article.

What is called `found-...` there was found by a fuzzer, and is left alone.
"""

import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEEDS = ROOT / "fuzz/seeds"
GROUP = -1001234567890


def rows(name, step):
    lines = (ROOT / "tests/data" / name).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines[::step]]


def put(fuzzer, name, content):
    path = SEEDS / fuzzer / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def whole(content, number=1):
    """An update, as compact as Telegram writes it."""
    update = {"update_id": number, **content}
    return json.dumps(update, ensure_ascii=False, separators=(",", ":")) + "\n"


def message(chat, text, number=7, **more):
    kind = "private" if chat > 0 else "supergroup"
    return {
        "message_id": number, "date": 1800000000, "chat": {"id": chat, "type": kind},
        "from": {"id": 5, "is_bot": False, "first_name": "A", "language_code": "ar"},
        "text": text, **more,
    }


def tap(data, number=1, chat=GROUP):
    below = {"message_id": number, "chat": {"id": chat, "type": "supergroup"}}
    return whole({"callback_query": {"id": "q", "from": {"id": 5}, "data": data, "message": below}})


for old in SEEDS.glob("*/*"):
    if not old.name.startswith("found-"):
        old.unlink()

questions = [row["question"] for row in rows("article-dev.jsonl", 11)]
talk = [row["text"] for row in rows("chatter.jsonl", 50)]
for at, text in enumerate(questions + talk):
    put("question", f"{at:02}", text)

bot = {"id": 42, "is_bot": True}
asked = questions[3]
updates = {
    "direct": whole({"message": message(5, asked)}),
    "asked": whole({"message": message(GROUP, "/ask " + asked, entities=[{"type": "bot_command", "offset": 0, "length": 4}])}),
    "mentioned": whole({"message": message(GROUP, "@iqtibas_bot " + asked, entities=[{"type": "mention", "offset": 0, "length": 12}])}),
    "caption": whole({"message": message(5, "", caption=asked, caption_entities=[], photo=[])}),
    "voice": whole({"message": message(5, "", voice={})}),
    "reply": whole({"message": message(GROUP, "/ask " + asked)})
    + whole({"message": message(GROUP, "ولماذا؟", 8, reply_to_message=message(GROUP, "x", 1, **{"from": bot}))}),
    "quoting": whole({"message": message(GROUP, "/ask", reply_to_message=message(GROUP, talk[0], 3), quote={"text": asked, "position": 0})}),
    "topic": whole({"message": message(GROUP, "/ask " + asked, message_thread_id=3, is_topic_message=True, reply_to_message=message(GROUP, "", 3, forum_topic_created={}))}),
    "edited": whole({"message": message(GROUP, "/ask " + asked)})
    + whole({"edited_message": message(GROUP, "/ask " + questions[4], edit_date=1800000001)})
    + whole({"edited_message": message(GROUP, "...", edit_date=1800000002)}),
    "whispered": whole({"message": message(GROUP, "/ask " + asked, 0, ephemeral_message_id=4)}),
    "anonymous": whole({"message": message(GROUP, "/settings", sender_chat={"id": GROUP, "type": "supergroup"})}),
    "channel": whole({"message": message(GROUP, asked, is_automatic_forward=True, forward_origin={}, via_bot=bot)}),
    "settings": whole({"message": message(GROUP, "/settings")}) + tap("1s0.1") + tap("1p4") + tap("1s4.60") + tap("1x"),
    "report": whole({"message": message(5, "/report")}) + tap("1r7", 1, 5),
    "topics": whole({"message": message(GROUP, "/topics")}) + tap("r1:ar:m::12"),
    "article": whole({"message": message(GROUP, "/article")}) + tap("r1:en:w:0:3"),
    "read-on": whole({"message": message(GROUP, "/ask " + asked)}) + tap("1v0.1.1") + tap("1b") + tap("1w") + tap("1u") + tap("1d"),
    "link": whole({"message": message(5, "/start p8")}),
    "commands": "".join(whole({"message": message(5, text)}) for text in ["/start", "/help", "/privacy", "/cost", "/forget"]),
    "inline": whole({"inline_query": {"id": "i", "from": {"id": 5, "language_code": "zh"}, "query": "nvidia", "offset": ""}}),
    "inline-more": whole({"inline_query": {"id": "i", "from": {"id": 5}, "query": "", "offset": "10"}}),
    "inserted": whole({"callback_query": {"id": "q", "from": {"id": 5}, "inline_message_id": "m", "data": "r1:en:m::0"}}),
    "guest": whole({"guest_message": message(-7, "@iqtibas_bot " + asked, guest_query_id="g")}),
    "joined": whole({"my_chat_member": {"chat": {"id": GROUP, "type": "supergroup"}, "from": {"id": 5}, "old_chat_member": {"status": "left"}, "new_chat_member": {"status": "administrator"}}}),
    "left": whole({"my_chat_member": {"chat": {"id": GROUP, "type": "supergroup"}, "from": {"id": 5}, "old_chat_member": {"status": "member"}, "new_chat_member": {"status": "restricted", "is_member": False}}}),
    "moved": whole({"message": message(-5, "", migrate_to_chat_id=GROUP)}),
    "far-ids": whole({"message": message(2**52 - 1, asked, 2**31 - 1)}, 2**62),
    "unknown": whole({"new_kind": {"from": {"id": 5}}}),
}
for name, content in updates.items():
    put("update", name, content)

# The first letter says who taps where.
data = ["1v0.1.1", "1v1.0.0", "1b", "1w", "1u", "1d", "1e", "1p", "1p6", "1s0.1", "1s1.2", "1s9.1", "1x", "1r7", "1r365"]
data += ["r1:ar:m::0", "r1:en:m::12", "r1:zh:p:0123456789abcdef:0", "r1:en:w:0123456789abcdef:3"]
for at, one in enumerate(data):
    put("callback", f"{at:02}", "".join(f"{place}{one}\n" for place in "aklmruz"))

article = (ROOT / "index/deepseek/article.md").read_text("utf-8")
front, text = article.split("\n---\n", 1)
lines = [line for line in text.splitlines() if line.strip()]
guide = """+++
[[passage]]
text = "A line."
en = "A line."
speaker.en = "Somebody"
questions.en = '''
which line
'''
[[silence]]
topic = "x"
questions.ar = 'كم؟'
[[topic]]
title = { ar = "سطر", en = "Line", zh = "行" }
command = "line"
passages.p1 = "A"
"""
articles = {
    "front": front + "\n---\n" + lines[0] + "\n",
    "begin": "\n".join(lines[:6]),
    "middle": "\n".join(lines[20:24]),
    "long": " ".join(lines[:12]),
    "headings": "Before.\n# One\nA.\nB.\n## Empty\n## Two\nC.\n",
    "images": "One.\n\n![x.png](https://h/x.png)\n# عنوان\n  ثان.  \n",
    "quotations": "قال \"نعم. ربما.\" ثم ذهب. انتهى.\nIt rose 3.5 points in the U.S. market. Then it fell.\n",
    "chinese": "是吗？是。好！" * 60,
    "one-word": "ب" * 1000,
    "bidi": "first\nsec\u202eond\n",
    "mark": "\ufeff---\ntitle: \"x\"\nauthor: y\nlanguage: zh\nsource: https://h/\n---\n字。\n",
    "open": "---\ntitle: x\n",
    "markup": "<script>alert('1 & 2')</script>\n# <b>\n![\"](javascript:x)\n",
    "guided": "A line.\nAnother.\n" + guide,
    "names": "A line.\n+++\n" + (ROOT / "index/names.toml").read_text("utf-8")[:1500],
}
for name, content in articles.items():
    put("article", name, content)
