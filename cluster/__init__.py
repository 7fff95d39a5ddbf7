"""A local Kubernetes cluster on any machine, even one that cannot reach a container registry.

Read the package in the order in which it creates a cluster: ``catalog.yaml`` lists every program and image;
``tools`` finds or builds programs; ``engine`` finds or starts a container engine; ``images`` pulls or builds
images; ``registry`` runs the registry that the nodes pull from; ``kind`` creates the nodes; ``addons`` installs
the add-ons. Only ``host`` depends on the machine. ``lifecycle`` calls them in this order.
"""
