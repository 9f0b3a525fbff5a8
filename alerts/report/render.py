"""A report as Markdown for terminals and chats, and as HTML for mail clients and paper."""

from html import escape

from alerts.report.sections import ReportLine, Section, report_title, sections
from storage.queries.situation import Situation

# Inline, as mail clients drop style sheets; two rules for paper, which they ignore.
HTML_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>@page {{ margin: 18mm }} @media print {{ a {{ color: #111 !important; text-decoration: none }} h2 {{ break-after: avoid }} li {{ break-inside: avoid }} }}</style></head>
<body style="font-family: Georgia, serif; max-width: 46em; margin: 1.5em auto; padding: 0 1em; color: #111; line-height: 1.45">
<h1 style="font-size: 1.4em">{title}</h1>
{body}
</body></html>
"""


def markdown(situation: Situation, url: str | None) -> str:
    lines = [f"# {report_title(situation)}"]
    for section in sections(situation):
        lines += ["", f"## {section.title}", ""]
        for line in section.lines:
            shown = f"[{line.text}]({url}{line.link})" if url and line.link else line.text
            lines.append(f"- {shown if not line.text.startswith('[') else linked_text(line, url)}")
            if line.quote:
                lines.append(f"  > {line.quote}")
    return "\n".join(lines) + "\n"


def linked_text(line: ReportLine, url: str | None) -> str:
    """A text that begins with a bracket keeps it, and the link stands behind."""
    return line.text + (f" {url}{line.link}" if url and line.link else "")


def report_html(situation: Situation, url: str | None) -> str:
    body = "\n".join(section_html(section, url) for section in sections(situation))
    return HTML_PAGE.format(title=escape(report_title(situation)), body=body)


def section_html(section: Section, url: str | None) -> str:
    items = "\n".join(f"<li>{line_html(line, url)}</li>" for line in section.lines)
    return f'<h2 style="font-size: 1.1em; border-bottom: 1px solid #999">{escape(section.title)}</h2>\n<ul style="padding-left: 1.2em">\n{items}\n</ul>'


def line_html(line: ReportLine, url: str | None) -> str:
    text = escape(line.text)
    if url and line.link:
        text = f'<a href="{escape(url + line.link)}" style="color: #0b4f8a">{text}</a>'
    quote = f'<br><span style="color: #444; font-style: italic">“{escape(line.quote)}”</span>' if line.quote else ""  # fmt: skip
    return text + quote
