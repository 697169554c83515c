-- name: ties
-- about: statements that drop and remake a table's secondary indexes, then its foreign keys
SELECT tie.drop, tie.make
  FROM (SELECT format('DROP INDEX %%s', i.indexrelid::regclass) AS drop,
               pg_get_indexdef(i.indexrelid) AS make, 1 AS turn
          FROM pg_index i
         WHERE i.indrelid = %(table)s::regclass
           AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
        UNION ALL
        SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', c.conrelid::regclass, c.conname),
               format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', c.conrelid::regclass, c.conname,
                      pg_get_constraintdef(c.oid)), 2
          FROM pg_constraint c
         WHERE c.conrelid = %(table)s::regclass AND c.contype = 'f') tie
 ORDER BY tie.turn, tie.make
