"""The plug-ins that come with seqreason, written as an outsider would write them."""
