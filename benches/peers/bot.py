#!/usr/bin/env python3
"""What one would write in an evening: a bot that looks questions up in SQLite's full-text search.

    bot.py ARTICLE --url URL --token TOKEN     answers at a Bot API
    bot.py ARTICLE --batch <QUESTIONS.jsonl    prints the answers, for tests/score.py

A line of the article is a row. A question's words are looked up, any of them, and the rows come by
BM25; where none matches the bot says so. Diacritics are folded by SQLite's own tokenizer.
"""
import argparse
import json
import re
import sqlite3
import sys

NOTHING = "Nothing found."
QUOTES = 3


class Article:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if text.startswith("---\n"):
            text = text.split("\n---\n", 1)[1]
        self.rows = sqlite3.connect(":memory:")
        self.rows.execute("CREATE VIRTUAL TABLE rows USING fts5(text, tokenize = 'unicode61 remove_diacritics 2')")
        lines = (line.strip() for line in text.splitlines())
        self.rows.executemany("INSERT INTO rows VALUES (?)", ((line,) for line in lines if line))

    def find(self, question):
        words = re.findall(r"\w+", question)
        if not words:
            return []
        query = " OR ".join(f'"{word}"' for word in words)
        found = self.rows.execute("SELECT text FROM rows WHERE rows MATCH ? ORDER BY rank LIMIT ?", (query, QUOTES))
        return [text for (text,) in found]


def batch(article):
    for line in sys.stdin:
        question = json.loads(line)
        quotes = [{"text": text} for text in article.find(question["question"])]
        verdict = "answer" if quotes else "none"
        print(json.dumps({"id": question["id"], "verdict": verdict, "quotes": quotes}, ensure_ascii=False))


def serve(article, url, token):
    from telegram.ext import Application, CommandHandler, MessageHandler, filters

    async def answer(update, context):
        question = " ".join(context.args) if context.args else update.effective_message.text
        quotes = article.find(question)
        await update.effective_message.reply_text(quotes[0] if quotes else NOTHING, do_quote=True)

    application = Application.builder().token(token).base_url(f"{url}/bot").concurrent_updates(True).build()
    application.add_handler(CommandHandler("ask", answer))
    application.add_handler(MessageHandler(filters.TEXT & filters.ChatType.PRIVATE, answer))
    application.run_polling()


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("article")
    arguments.add_argument("--batch", action="store_true")
    arguments.add_argument("--url")
    arguments.add_argument("--token")
    given = arguments.parse_args()
    article = Article(given.article)
    if given.batch:
        batch(article)
    else:
        serve(article, given.url, given.token)


main()
