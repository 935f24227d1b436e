"""Side effects that laws watch: processes, folders, global random generators, loading."""
