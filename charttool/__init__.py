"""Generate and check the files of a chart that follow from its ``values.yaml``.

``values.yaml`` is the only source of a chart's values. The modules, in the order in which its contents flow:

* ``comments`` reads keys, defaults, descriptions and ``@schema`` annotations; ``annotations`` translates an annotation
  to JSON Schema draft-07, with the shared ``definitions.yaml``, the types of ``kubernetes`` and the parts of
  ``custom_resources``, which ``structural`` translates; ``schema`` builds ``values.schema.json`` and ``reference`` the
  table of the README.
* ``immutable`` refers from values that an upgrade cannot change to the sections of UPGRADING.md about them.
* ``null_values`` writes the defaults by which templates set or refuse a value that is null.
* ``renames`` reads renamed keys; ``upgrading`` writes their tables in UPGRADING.md; ``migrate`` rewrites a values
  file by means of ``yaml_edit``, which moves an entry and leaves the rest of the text unchanged.
* ``modes`` finds the values that a mode ignores.
* ``explain`` says why a chart refuses values; ``values_file`` reads them as Helm does and knows the line of each.
* ``unused_values`` compares the values with the templates: ``go_template`` parses them, ``dataflow`` analyzes them.
* ``shared_helpers`` copies the template helpers that charts share from ``helpers/`` into each chart that uses them.

``chart`` knows the files of a chart, ``problems`` has the findings that all checks report, ``cli`` is the command line.
"""
