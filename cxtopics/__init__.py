"""Why customers write, per order.

The flow: helpdesk export -> contacts -> tagged -> report -> ranking. Each arrow is
one module with one verb; the values between them are the tables of `schemas`.
"""

__version__ = "0.1.0"
