"""UIMA CAS, as XMI and as JSON: what INCEpTION, WebAnno and DKPro write and read."""
