"""Public error reports: anyone sends one and sees what becomes of it; the office answers."""
