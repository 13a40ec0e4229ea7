@echo off
if not exist "%~dp0lib\{stamp}" goto missing
"%~dp0python\python.exe" -m hbgeo %*
exit /b %errorlevel%
:missing
echo hbgeo：这一版还没有安装，请先双击“安装.bat”。 1>&2
exit /b 1
