"""The situation report: sections, Markdown and HTML, paper, and the digest that goes to channels."""
