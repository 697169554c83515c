"""Delivery standards as data: what a dossier must hold, whoever wrote the standard down."""
