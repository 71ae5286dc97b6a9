"""Pictures in documents: Markdown files, MkDocs and Sphinx sites. All of them call the compiler and nothing else."""
