"""Results as pages, files and text for the terminal.

No customer's words in any, but for redacted ones where somebody asked for them.
"""
