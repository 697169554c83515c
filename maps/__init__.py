"""Pictures of the register's rows: styles, tiles, drawings and pages. Decides nothing."""
