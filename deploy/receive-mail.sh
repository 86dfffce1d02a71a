#!/bin/sh
# Usage: deploy/receive-mail.sh RECIPIENT <MESSAGE
# What a mail server's pipe runs. Whatever goes wrong here (no Python, no disk, a broken setting) is told to the mail
# server as "try again later" (EX_TEMPFAIL, 75): it keeps the message. Only what can never be taken is refused.
cd "$(dirname "$0")/.." || exit 75
.venv/bin/python manage.py receive_mail --recipient "$1"
status=$?
case $status in
    0 | 65 | 66) exit $status ;;
    *) exit 75 ;;
esac
