"""The rights of data subjects under the LGPD (Lei 13.709/2018)."""
