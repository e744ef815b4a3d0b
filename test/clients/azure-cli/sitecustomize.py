# Azure CLI 2.45 has no setting for it yet (later ones: core.instance_discovery=false): a cloud of one's own is not
# looked up at Microsoft. Nothing else of the client is touched.
try:
    import msal
except ModuleNotFoundError:  # another Python than the client's own
    pass
else:
    _init = msal.ClientApplication.__init__

    def _init_without_discovery(self, *args, **more):
        _init(self, *args, **{**more, "instance_discovery": False})

    msal.ClientApplication.__init__ = _init_without_discovery
