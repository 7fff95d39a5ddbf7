"""The values of a chart as a contract: said once, in ``values.yaml``, and written out wherever it is needed.

Read it in the order in which a contract comes to be: ``comments`` reads keys, descriptions and marks from a
``values.yaml``; ``marks`` makes draft-07 of a mark, with the shared ``definitions.yaml`` and the types of
``kubernetes``; ``schema`` puts ``values.schema.json`` together; ``reference`` writes the table of the README.
``renames`` reads which keys have changed; ``upgrading`` tells people; ``migrate`` rewrites their files, by
``yaml_edit``, which moves an entry and leaves the rest of a text alone. ``usage`` compares the values with what the
templates read: ``go_template`` parses these, ``reads`` follows the values through them. ``shared`` writes into each
chart what the templates of several have in common, from ``helpers/``. ``problems`` is what all of them answer if
something is wrong; ``chart`` knows the files; ``cli`` is the command line.
"""
