"""A Kubernetes cluster on any machine, also on one that reaches no container registry.

Read it in the order in which a cluster comes to be: ``catalog.yaml`` names every program and image;
``tools`` finds or builds programs; ``engine`` finds or starts a container engine; ``images`` pulls or builds
images; ``registry`` runs the registry that the nodes pull from; ``kind`` makes the nodes; ``addons`` installs
what every cluster has. ``host`` alone knows the machine. ``lifecycle`` puts them in order.
"""
